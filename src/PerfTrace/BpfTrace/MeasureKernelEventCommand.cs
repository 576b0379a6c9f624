using System.Collections;
using System.Globalization;
using System.Management.Automation;
using PerfTrace.Bpf;
using PerfTrace.BpfTrace;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Measure-KernelEvent: counts events and adds their values up, in the kernel.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "KernelEvent")]
[OutputType(typeof(KernelEventMeasurement), typeof(KernelEventHistogram))]
public sealed class MeasureKernelEventCommand : PerfTraceCommand
{
    // The sets of shorter ones would come faster than they can be read.
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(1);

    private readonly List<string> _events = [];
    private readonly List<int> _processIds = [];
    private KernelEventSession? _session;

    /// <summary>Tracepoints, wildcards in either part; or probes of the bpftrace language, as kprobe:vfs_read.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    [ValidateNotEmptyText]
    [ArgumentCompleter(typeof(KernelEventCompleter))]
    public string[] Event { get; set; } = [];

    /// <summary>A condition on the event, $_, that the kernel decides.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(EventConditionCompleter))]
    public ScriptBlock? Where { get; set; }

    /// <summary>What tells groups apart: properties of the event, script blocks, or tables with Name and Expression.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(KernelEventPropertyCompleter))]
    public object[] GroupBy { get; set; } = [];

    /// <summary>Count the events; so it is where nothing else is asked for.</summary>
    [Parameter]
    public SwitchParameter Count { get; set; }

    /// <summary>The sum of a property, or of what a script block makes of the event.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(KernelEventPropertyCompleter))]
    public object? Sum { get; set; }

    /// <summary>The least.</summary>
    [Parameter]
    [Alias("Min")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(KernelEventPropertyCompleter))]
    public object? Minimum { get; set; }

    /// <summary>The greatest.</summary>
    [Parameter]
    [Alias("Max")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(KernelEventPropertyCompleter))]
    public object? Maximum { get; set; }

    /// <summary>The average.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(KernelEventPropertyCompleter))]
    public object? Average { get; set; }

    /// <summary>The distribution, in powers of two.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(KernelEventPropertyCompleter))]
    public object? Histogram { get; set; }

    /// <summary>The distribution in steps of this.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long? HistogramStep { get; set; }

    /// <summary>Steps begin here.</summary>
    [Parameter]
    public long HistogramFrom { get; set; }

    /// <summary>And end here; 20 steps further if nothing is said.</summary>
    [Parameter]
    public long? HistogramTo { get; set; }

    /// <summary>Measure the time between two events of a thread, as the property Latency, in nanoseconds.</summary>
    [Parameter]
    public SwitchParameter Latency { get; set; }

    /// <summary>A set of results for each such time.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? Interval { get; set; }

    /// <summary>How long; until it is stopped if nothing is said.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? Duration { get; set; }

    /// <summary>Only these processes and those that they start.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("PID")]
    [ProcessIdTransformation]
    [ValidateNotNullOrEmpty]
    [ValidateRange(1, int.MaxValue)]
    [ArgumentCompleter(typeof(ProcessIdCompleter))]
    public int[] ProcessId { get; set; } = [];

    /// <summary>A command that is started when all is ready: it alone is measured, until it ends.</summary>
    [Parameter]
    [ValidateProgram]
    [AllowEmptyString]
    public string[]? Command { get; set; }

    /// <summary>Not the processes that those start.</summary>
    [Parameter]
    public SwitchParameter NoInherit { get; set; }

    /// <summary>So many groups have room.</summary>
    [Parameter]
    [ValidateRange(1, 1_000_000)]
    public int MaxGroups { get; set; } = 4096;

    protected override void BeginProcessing()
    {
        if (Histogram is null && HistogramStep is not null)
            ThrowUsage("ContradictoryParameters", "-HistogramStep has a meaning only with -Histogram.");
        if (HistogramStep is null && (HistogramTo is not null || MyInvocation.BoundParameters.ContainsKey(nameof(HistogramFrom))))
            ThrowUsage("ContradictoryParameters", "-HistogramFrom and -HistogramTo have a meaning only with -HistogramStep.");
        if (Interval < ShortestInterval)
            ThrowUsage("IntervalTooShort", "An interval has a millisecond at least.", Interval);
        if (NoInherit && ProcessId.Length == 0 && Command is null && !MyInvocation.ExpectingInput)
            ThrowUsage("ContradictoryParameters", "-NoInherit has a meaning only with -ProcessId or -Command.");
    }

    protected override void ProcessRecord()
    {
        _events.AddRange(Event);
        _processIds.AddRange(ProcessId);
    }

    protected override void EndProcessing()
    {
        if (Command is not null && _processIds.Count > 0)
            ThrowUsage("ContradictoryParameters", "-Command and -ProcessId exclude each other: both say which processes are measured.");
        // Whoever names processes, and none is left of them, does not want to measure all.
        int[] gone = [.. _processIds.Distinct().Where(IsGone)];
        if (_processIds.RemoveAll(gone.Contains) > 0 && _processIds.Count == 0)
            return;
        try
        {
            List<string> events = Find();
            if (events.Count == 0)
                return; // each name has had its error, or was a wildcard
            KernelEventQuery query = Query(events);
            if (MyInvocation.BoundParameters.ContainsKey("Verbose"))
                WriteVerbose($"In the bpftrace language:\n{KernelEventSession.Describe(query)}");
            _session = KernelEventSession.Start(query, VerboseWriter, StopToken);
            Measure(_session);
        }
        catch (OperationCanceledException)
        {
            // Stopped before everything was attached: nothing of it is left.
        }
        catch (Exception e) when (e is ScriptException or BpfVerifierException or BpfProgramTypeException or CommandException or KernelException or BtfException or NotSupportedException)
        {
            ThrowProblem(e, e is CommandException ? Command![0] : string.Join(", ", _events));
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _session?.Dispose();
        base.Dispose(disposing);
    }

    private static QueryExpression Property(string name, string parameter) => new QueryExpression.Property(name, new SourceSpan(new ScriptSource(parameter, name), 0, name.Length));

    private bool IsGone(int processId)
    {
        try
        {
            ProcessFacts.Require(SystemPaths.Default, processId);
            return false;
        }
        catch (KernelTargetGoneException e)
        {
            WriteProblem(e, processId);
            return true;
        }
    }

    // Tracepoints by their names; what is none has its error and the rest goes on.
    private List<string> Find()
    {
        var events = new List<string>();
        foreach (string name in _events.Distinct(StringComparer.Ordinal))
        {
            if (KernelEventQuery.IsProbe(name))
                events.Add(name);
            else
                events.AddRange(TracepointSelection.Find([name], VerboseWriter, WriteProblem, StopToken).Select(static t => t.Event));
        }
        return events;
    }

    private KernelEventQuery Query(List<string> events) => new()
    {
        Events = events,
        Where = Where is null ? null : QueryTranslator.TranslateCondition(this, Where, "-Where"),
        GroupBy = [.. GroupBy.Select(Column).DistinctBy(static c => c.Name, StringComparer.OrdinalIgnoreCase)],
        Count = Count,
        Sum = Value(Sum, "-Sum"),
        Minimum = Value(Minimum, "-Minimum"),
        Maximum = Value(Maximum, "-Maximum"),
        Average = Value(Average, "-Average"),
        Histogram = Value(Histogram, "-Histogram") is { } value ? new QueryHistogram(value) { Step = HistogramStep, From = HistogramFrom, To = HistogramTo ?? HistogramFrom + (20 * HistogramStep ?? 0) } : null,
        IsLatency = Latency,
        Interval = Interval,
        Duration = Duration,
        ProcessIds = _processIds,
        Command = Command ?? [],
        WorkingDirectory = SessionState.Path.CurrentFileSystemLocation.Path,
        IncludesChildren = !NoInherit,
        MaximumGroups = MaxGroups,
    };

    private QueryExpression? Value(object? value, string parameter) => (value is PSObject wrapped ? wrapped.BaseObject : value) switch
    {
        null => null,
        ScriptBlock block => QueryTranslator.Translate(this, block, parameter),
        var name => Property(Convert.ToString(name, CultureInfo.InvariantCulture)!, parameter),
    };

    private QueryColumn Column(object key)
    {
        const string parameter = "-GroupBy";
        switch (key is PSObject wrapped ? wrapped.BaseObject : key)
        {
            case ScriptBlock block:
                return new QueryColumn($"{block}".Trim(), QueryTranslator.Translate(this, block, parameter));
            case IDictionary table:
                object? name = table["Name"] ?? table["Label"] ?? table["N"] ?? table["L"], expression = table["Expression"] ?? table["E"];
                if (expression is null || Value(expression, parameter) is not { } value)
                    throw new ScriptException([new ScriptDiagnostic(ScriptSeverity.Error, new SourceSpan(new ScriptSource(parameter, "@{ … }"), 0, 6), "the table has no Expression", "@{ Name = 'Kind'; Expression = { $_.flags -band 3 } }")]);
                return new QueryColumn(Convert.ToString(name ?? expression, CultureInfo.InvariantCulture)!.Trim(), value);
            case var property:
                string text = Convert.ToString(property, CultureInfo.InvariantCulture)!;
                return new QueryColumn(text, Property(text, parameter));
        }
    }

    private void Measure(KernelEventSession session)
    {
        using var keys = StopKeys.Watch(StopToken);
        using (keys.Token.Register(session.Stop))
        {
            using var progress = new WorkProgress(this, "Measuring events of the kernel", Duration, StopToken);
            bool isShown = Interval is null || Duration is not null;
            foreach (KernelEventMeasurement[] set in session.Read(isShown ? _ => progress.Show($"{keys.Key} ends the measurement and shows what was counted.") : null))
            {
                if (StopToken.IsCancellationRequested || !BpfTraceWriter.TryWrite(() => WriteObject(set, enumerateCollection: true), StopToken))
                    Host.UI.Write(string.Concat(set.Select(static m => $"{m}\n"))); // the pipeline takes no objects any more
            }
        }
        if (!StopToken.IsCancellationRequested)
            WarnOfLoss(session.Losses());
    }

    private void WarnOfLoss(KernelEventLosses lost)
    {
        if (lost.Groups > 0)
            WriteWarning(string.Create(CultureInfo.InvariantCulture, $"{lost.Groups} events are in no group: there were more than {MaxGroups} groups. Narrow them down with -Where, group by less, or set -MaxGroups."));
        if (lost.Buckets > 0)
            WriteWarning(string.Create(CultureInfo.InvariantCulture, $"{lost.Buckets} events are in no histogram: there was no room for more buckets. Set -MaxGroups to more than {MaxGroups}."));
        if (lost.Starts > 0)
            WriteWarning(string.Create(CultureInfo.InvariantCulture, $"{lost.Starts} beginnings found no room: too many threads were between two events. Their times are not counted. Narrow them down with -ProcessId."));
        if (lost.Stacks > 0)
            WriteWarning(string.Create(CultureInfo.InvariantCulture, $"{lost.Stacks} call stacks were lost: they found no room in the map of stacks. Group by less, narrow the events down with -Where, or measure for a shorter time."));
    }
}
