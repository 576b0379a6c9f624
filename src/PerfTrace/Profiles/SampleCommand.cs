using System.Collections;
using System.Management.Automation;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Profiles;
using PerfTrace.Symbols;

namespace PerfTrace.Commands;

/// <summary>What the cmdlets that count samples share: where the samples come from, and which of them count.</summary>
public abstract class SampleCommand : PerfTraceCommand
{
    protected const string InputSet = "InputObject", PathSet = "Path";

    /// <summary>What perf, too, reads when no file is named.</summary>
    protected const string DefaultPath = "perf.data";

    private SymbolStore? _symbols;

    /// <summary>What to take: samples, and what else the cmdlet can do something with.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = InputSet)]
    [ValidateNotNull]
    public object? InputObject { get; set; }

    /// <summary>Only samples of these events.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Event { get; set; } = [];

    /// <summary>Only threads of these names.</summary>
    [Parameter]
    [Alias("CommandName", "Comm")]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Command { get; set; } = [];

    /// <summary>Only functions of these programs, libraries or parts of the kernel.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Module { get; set; } = [];

    /// <summary>Only these functions.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Symbol { get; set; } = [];

    /// <summary>Only these processes.</summary>
    [Parameter]
    [Alias("PID")]
    [ValidateNotNullOrEmpty]
    public int[] ProcessId { get; set; } = [];

    /// <summary>Only these threads.</summary>
    [Parameter]
    [Alias("TID")]
    [ValidateNotNullOrEmpty]
    public int[] ThreadId { get; set; } = [];

    /// <summary>Only samples on these CPUs.</summary>
    [Parameter]
    [CpuListTransformation]
    [ValidateNotNullOrEmpty]
    public int[] Cpu { get; set; } = [];

    private protected SampleFilter Filter => new()
    {
        Events = CountedEvents,
        Commands = Command,
        Modules = Module,
        Symbols = Symbol,
        ProcessIds = ProcessId,
        ThreadIds = ThreadId,
        Cpus = Cpu,
    };

    private protected virtual string[] CountedEvents => Event;

    /// <summary>The recordings to read when no samples come through the pipeline.</summary>
    private protected abstract string[] Recordings { get; }

    /// <summary>What is taken, for the error of what is not: "neither a sample nor …".</summary>
    private protected abstract string NoInput { get; }

    /// <summary>A recording could not be read, of which an error has told.</summary>
    private protected bool IsUnread { get; private set; }

    /// <summary>Names for addresses, as long as the command lives.</summary>
    private protected SymbolStore Symbols => _symbols ??= new SymbolStore(SystemPaths.Default, StopToken);

    protected override void ProcessRecord()
    {
        if (ParameterSetName == PathSet)
            ReadAll(Recordings, TakeSample);
        else
            TakeAll(InputObject, TakeSample, Take, Take);
    }

    protected override void EndProcessing()
    {
        if (StopToken.IsCancellationRequested)
            return;
        Finish();
        if (_symbols is not null)
            GetPerfSampleCommand.WarnOf(this, _symbols);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _symbols?.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>A sample came.</summary>
    protected abstract void Take(PerfSample sample);

    /// <summary>A folded stack came.</summary>
    protected virtual void Take(FoldedStack stack) => WriteInvalidInput(stack);

    /// <summary>A row of a report came; most can do nothing with it.</summary>
    protected virtual void Take(PerfReportEntry entry) => WriteInvalidInput(entry);

    /// <summary>All have come.</summary>
    protected abstract void Finish();

    private protected virtual void TakeSample(PerfSample sample) => Take(sample);

    /// <summary>Takes an object, or each of a collection; texts are the names of recordings. What is nothing of samples is an error, and the rest goes on.</summary>
    private protected void TakeAll(object? input, Action<PerfSample> takeSample, Action<FoldedStack> takeStack, Action<PerfReportEntry> takeEntry)
    {
        object? value = input is PSObject wrapped ? wrapped.BaseObject : input;
        switch (value)
        {
            case PerfSample sample:
                takeSample(sample);
                break;
            case FoldedStack stack:
                takeStack(stack);
                break;
            case PerfReportEntry entry:
                takeEntry(entry);
                break;
            case PerfRecording recording:
                ReadFiles(recording.Files, takeSample);
                break;
            case FileInfo file:
                ReadFiles([file.FullName], takeSample);
                break;
            case string path:
                ReadAll([path], takeSample);
                break;
            case IEnumerable elements:
                foreach (object? element in elements)
                    TakeAll(element, takeSample, takeStack, takeEntry);
                break;
            default:
                WriteInvalidInput(value);
                break;
        }
    }

    private protected void WriteInvalidInput(object? input) => WriteError(new ErrorRecord(
        new ArgumentException($"{input?.GetType().FullName ?? "null"} is {NoInput}."), "InvalidInput", ErrorCategory.InvalidType, input));

    /// <summary>Tells that nothing is left to show, unless an error has said why.</summary>
    private protected void WriteNoSamples()
    {
        if (!IsUnread)
            WriteError(new ErrorRecord(new InvalidOperationException("There is nothing to show: no sample came, or the filters let none through."), "NoSamples", ErrorCategory.ObjectNotFound, null));
    }

    /// <summary>Takes the samples of recordings, by their names or wildcards.</summary>
    private protected void ReadAll(string[] paths, Action<PerfSample> take)
    {
        foreach (string path in paths)
        {
            string full = path == PerfDataStream.StandardInput ? path : GetUnresolvedProviderPathFromPSPath(path);
            ReadFiles(PerfDataCommand.Matching(full), take);
        }
    }

    private void ReadFiles(IEnumerable<string> files, Action<PerfSample> take)
    {
        foreach (string file in files)
        {
            try
            {
                Read(file, take);
            }
            catch (Exception e) when (e is PerfDataException or NotSupportedException or IOException or UnauthorizedAccessException)
            {
                WriteProblem(e is PerfDataException damage ? damage.In(file) : e, file);
                IsUnread = true;
            }
        }
    }

    private void Read(string file, Action<PerfSample> take)
    {
        using PerfSampleReader reader = PerfSampleReader.Open(PerfDataStream.Open(file, StopToken), Symbols);
        using var progress = new WorkProgress(this, $"Reading {file}", null, StopToken);
        while (!StopToken.IsCancellationRequested && reader.TryRead(out PerfSample? sample))
        {
            take(sample);
            progress.Show(reader.Position, reader.Length, "bytes");
        }
        if (StopToken.IsCancellationRequested)
            return;
        GetPerfSampleCommand.WarnOf(this, reader, file);
        if (reader.Problem is { } problem)
            WriteProblem(problem.In(file), file);
    }
}
