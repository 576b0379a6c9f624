using System.Management.Automation;
using PerfTrace.Interop;
using PerfTrace.Perf;
using PerfTrace.Profiles;
using PerfTrace.Symbols;

namespace PerfTrace.Commands;

/// <summary>Get-PerfAnnotation: the instructions of functions with the samples that were taken at them, as <c>perf annotate</c> shows.</summary>
[Cmdlet(VerbsCommon.Get, "PerfAnnotation", DefaultParameterSetName = PathSet)]
[OutputType(typeof(PerfAnnotationLine))]
public sealed class GetPerfAnnotationCommand : SampleCommand
{
    // Of functions that were not asked for by name.
    private const int DefaultFirst = 10;

    // Functions are named in an error up to so many.
    private const int MostNamed = 5;

    private AnnotationBuilder? _annotations;

    /// <summary>The recordings to read: perf.data files; wildcards in their names.</summary>
    [Parameter(Position = 0, ParameterSetName = PathSet)]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [DefaultPath];

    /// <summary>How instructions are written: Att (the GNU tools) or Intel.</summary>
    [Parameter]
    public AssemblySyntax Syntax { get; set; }

    /// <summary>The hottest functions of each event, so many.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? First { get; set; }

    private protected override string[] Recordings => Path;

    private protected override string NoInput => "neither a sample (Get-PerfSample) nor a recording (Start-PerfRecord, or its file)";

    protected override void BeginProcessing() => _annotations = new AnnotationBuilder(Filter);

    protected override void Take(PerfSample sample) => _annotations!.Add(sample);

    protected override void Finish()
    {
        IReadOnlyList<PerfAnnotatedFunction> functions = _annotations!.Build();
        if (_annotations.WithoutSymbol > 0)
            WriteUnknown(functions.Count == 0 ? WriteWarning : WriteVerbose);
        if (functions.Count == 0)
            WriteNoSamples();
        var annotator = new FunctionAnnotator(Symbols, Syntax);
        var failed = new Dictionary<string, (Exception Cause, List<PerfAnnotatedFunction> Functions)>(StringComparer.Ordinal);
        var problems = new HashSet<string>(StringComparer.Ordinal);
        foreach (IGrouping<string, PerfAnnotatedFunction> ofEvent in functions.GroupBy(static f => f.Event))
        {
            int most = First ?? (Symbol.Length > 0 ? int.MaxValue : DefaultFirst), count = ofEvent.Count();
            if (count > most)
                WriteVerbose($"The {most} hottest of {count} functions with samples of {ofEvent.Key} are shown (-First shows more).");
            foreach (PerfAnnotatedFunction function in ofEvent.Take(most))
            {
                try
                {
                    Write(function, annotator, problems);
                }
                catch (Exception e) when (e is CodeNotFoundException or ElfException or KernelException or IOException)
                {
                    if (!failed.TryGetValue(e.Message, out (Exception Cause, List<PerfAnnotatedFunction> Functions) others))
                        failed.Add(e.Message, others = (e, []));
                    others.Functions.Add(function);
                }
                if (StopToken.IsCancellationRequested)
                    return;
            }
        }
        foreach ((Exception cause, List<PerfAnnotatedFunction> without) in failed.Values)
            WriteFailure(cause, without);
    }

    private void WriteUnknown(Action<string> write) => write($"{_annotations!.WithoutSymbol:n0} samples were in no function that is known. {_annotations.Missing}".TrimEnd());

    private void Write(PerfAnnotatedFunction function, FunctionAnnotator annotator, HashSet<string> problems)
    {
        IEnumerable<PerfAnnotationLine> lines = annotator.Annotate(function);
        if (annotator.Problem is { } problem && problems.Add(problem))
            WriteWarning(problem);
        foreach (PerfAnnotationLine line in lines)
        {
            if (StopToken.IsCancellationRequested)
                return;
            WriteObject(line);
        }
    }

    // One error for all functions that lack the same file.
    private void WriteFailure(Exception cause, List<PerfAnnotatedFunction> functions)
    {
        string[] names = [.. functions.Select(static f => f.Symbol).Distinct(StringComparer.Ordinal)];
        string rest = names.Length > MostNamed ? $" and {names.Length - MostNamed} more" : "";
        ErrorRecord record = ErrorRecords.From(cause, functions[0].Module);
        record.ErrorDetails = new ErrorDetails($"{string.Join(", ", names.Take(MostNamed))}{rest} ({functions[0].Module}): {cause.Message}");
        WriteError(record);
    }
}
