using System.Collections;
using System.Management.Automation;
using PerfTrace.Perf;

namespace PerfTrace.Commands;

/// <summary>Compare-PerfCounter: which events are counted more often than a baseline allows; an error for each, for CI.</summary>
[Cmdlet(VerbsData.Compare, "PerfCounter", SupportsShouldProcess = true)]
[OutputType(typeof(PerfCounterDifference))]
public sealed class ComparePerfCounterCommand : PerfTraceCommand
{
    private readonly List<CounterFigure> _figures = [];
    private readonly List<CounterFigure> _baseline = [];
    private string? _path;

    /// <summary>The path of a JSON file, or counters.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public object[] Baseline { get; set; } = [];

    /// <summary>The growth that is allowed, as a part of the baseline.</summary>
    [Parameter]
    [ValidateRange(0, double.MaxValue)]
    public double Threshold { get; set; } = 0.05;

    /// <summary>The growth that is allowed in any case, as a count.</summary>
    [Parameter]
    [ValidateRange(0, double.MaxValue)]
    public double MinimumDifference { get; set; }

    /// <summary>Only these events.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ValidateWildcards]
    [ArgumentCompleter(typeof(EventNameCompleter))]
    public string[] Event { get; set; } = [];

    /// <summary>Writes what comes as the new baseline.</summary>
    [Parameter]
    public SwitchParameter Update { get; set; }

    /// <summary>What Get-PerfCounter writes.</summary>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNull]
    public object? InputObject { get; set; }

    // Before anything is measured: a benchmark that runs for an hour should not end with a wrong name.
    protected override void BeginProcessing()
    {
        foreach (object element in Baseline)
            TakeBaseline(element);
        if (Update && (_path is null || Baseline.Length > 1))
            ThrowUsage("UpdateNeedsPath", "-Update writes a file: -Baseline must be the path of one.", Baseline);
    }

    protected override void ProcessRecord() => Take(InputObject, _figures, WriteInvalidInput);

    protected override void EndProcessing()
    {
        if (StopToken.IsCancellationRequested)
            return;
        PerfCounterDifference[] differences = [.. CounterComparison.Compare(Chosen(_baseline), Chosen(_figures), Threshold, MinimumDifference)];
        if (_figures.Count == 0 || (!Update && !differences.Any(static d => d.Change is not null)))
        {
            // A gate that compared nothing must not look like one that found nothing.
            WriteObject(differences, enumerateCollection: true);
            WriteError(new ErrorRecord(new InvalidOperationException(NothingCompared(differences)), "NothingCompared", ErrorCategory.ObjectNotFound, Baseline));
            return;
        }
        WriteObject(differences, enumerateCollection: true);
        if (Update)
            UpdateBaseline();
        else
            Judge(differences);
    }

    private void Judge(PerfCounterDifference[] differences)
    {
        Warn(differences.Where(static d => d.Status == CounterChange.Missing), "In the baseline and not measured");
        Warn(differences.Where(static d => d.Status == CounterChange.New), "Not in the baseline (-Update writes it anew)");
        // What could be counted neither then nor now is no news.
        Warn(differences.Where(static d => d.Status == CounterChange.NotCounted && (d.Value ?? d.Baseline) is not null), "Counted on one side alone");
        Warn(differences.Where(static d => d.Change is not null && d.RunningPercent is < 99.995), "Estimated, as they shared the PMU with others");
        foreach (PerfCounterDifference difference in differences.Where(static d => d.IsRegression))
            WriteError(new ErrorRecord(CounterComparison.Error(difference), "CounterRegression", ErrorCategory.LimitsExceeded, difference));
    }

    private void Warn(IEnumerable<PerfCounterDifference> differences, string what)
    {
        string[] names = [.. differences.Select(static d => d.Target is null ? d.Event : $"{d.Event} ({d.Target})")];
        if (names.Length > 0)
            WriteWarning($"{what}: {string.Join(", ", names.Take(10))}{(names.Length > 10 ? ", …" : "")}.");
    }

    private string NothingCompared(PerfCounterDifference[] differences) =>
        _figures.Count == 0 ? "No counter came through the pipeline: there is nothing to compare."
        : differences.Length == 0 ? $"No event is called {string.Join(" or ", Event)}: there is nothing to compare."
        : $"No event has a count both in the baseline and now. {differences[0].Event}: {differences[0].Reason}";

    private void UpdateBaseline()
    {
        IReadOnlyList<CounterFigure> figures = CounterComparison.Merge(_figures);
        ExportFile.Write(this, _path!, isNew: false, $"Write a baseline of {figures.Count} {(figures.Count == 1 ? "event" : "events")}", stream => CounterBaselineFile.Write(stream, figures));
    }

    private IEnumerable<CounterFigure> Chosen(IEnumerable<CounterFigure> figures)
    {
        if (Event.Length == 0)
            return figures;
        WildcardPattern[] patterns = [.. Event.Select(static e => WildcardPattern.Get(e, WildcardOptions.IgnoreCase))];
        return figures.Where(f => patterns.Any(p => p.IsMatch(f.Event)));
    }

    private void TakeBaseline(object element)
    {
        switch (element is PSObject wrapped ? wrapped.BaseObject : element)
        {
            case string path:
                ReadBaseline(TypedPath.Full(this, path));
                break;
            case FileInfo file:
                ReadBaseline(file.FullName);
                break;
            default:
                Take(element, _baseline, (o, e) => ThrowProblem(e, o));
                break;
        }
    }

    private void ReadBaseline(string path)
    {
        _path = path;
        try
        {
            _baseline.AddRange(CounterBaselineFile.Read(path));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            if (!Update)
                EndWith(new ErrorRecord(new FileNotFoundException($"There is no baseline '{path}'. -Update writes it.", path, e), "BaselineNotFound", ErrorCategory.ObjectNotFound, path));
        }
        catch (CounterBaselineException e) when (Update)
        {
            WriteWarning(e.Message);
        }
        catch (Exception e) when (e is CounterBaselineException or IOException or UnauthorizedAccessException)
        {
            ThrowProblem(e, path);
        }
    }

    private static void Take(object? input, List<CounterFigure> figures, Action<object?, CounterBaselineException> refuse)
    {
        object? value = input is PSObject wrapped ? wrapped.BaseObject : input;
        if (value is PerfCounter counter)
        {
            figures.Add(CounterFigure.From(counter));
        }
        else if (value is IEnumerable elements and not string and not IDictionary)
        {
            foreach (object? element in elements)
                Take(element, figures, refuse);
        }
        else
        {
            try
            {
                figures.Add(value is null ? throw new CounterBaselineException("It is null.") : CounterFigure.From(Properties(input!)));
            }
            catch (CounterBaselineException e)
            {
                refuse(input, new CounterBaselineException($"{value?.GetType().FullName ?? "null"} is no counter of Get-PerfCounter. {e.Message}", e));
            }
        }
    }

    private static Func<string, object?> Properties(object input)
    {
        if ((input is PSObject wrapped ? wrapped.BaseObject : input) is IDictionary table)
            return name => Plain(table[name]);
        PSObject all = PSObject.AsPSObject(input);
        return name => Plain(all.Properties[name]?.Value);
    }

    private static object? Plain(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    private void WriteInvalidInput(object? input, CounterBaselineException e) => WriteError(new ErrorRecord(e, "InvalidInput", ErrorCategory.InvalidType, input));
}
