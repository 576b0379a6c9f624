using System.Management.Automation;
using PerfTrace.Events;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Watch-Tracepoint: live events as objects.</summary>
[Cmdlet(VerbsCommon.Watch, "Tracepoint", DefaultParameterSetName = CpuSetName)]
[OutputType(typeof(TraceEvent))]
public sealed class WatchTracepointCommand : PerfTraceCommand
{
    private const string CpuSetName = "Cpu", ProcessSet = "Process", ThreadSet = "Thread", CGroupSet = "CGroup", CommandSet = "Command";

    private readonly List<string> _names = [];
    private readonly List<int> _processIds = [];
    private TracepointStream? _stream;
    private long _warnedAt;

    /// <summary>Tracepoints as system:name, wildcards in either part.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TracepointNameCompleter))]
    public string[] Event { get; set; } = [];

    /// <summary>A filter in the kernel's language, for all events.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Filter { get; set; }

    /// <summary>A condition on the event, $_, that is compiled to a filter of the kernel.</summary>
    [Parameter]
    [ValidateNotNull]
    public ScriptBlock? Where { get; set; }

    /// <summary>What the kernel can not express of -Where is evaluated here, event by event.</summary>
    [Parameter]
    public SwitchParameter AllowClientFilter { get; set; }

    /// <summary>Running processes.</summary>
    [Parameter(ParameterSetName = ProcessSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Id", "PID")]
    [ValidateNotNullOrEmpty]
    public int[] ProcessId { get; set; } = [];

    /// <summary>Running threads.</summary>
    [Parameter(ParameterSetName = ThreadSet, Mandatory = true)]
    [Alias("TID")]
    [ValidateNotNullOrEmpty]
    public int[] ThreadId { get; set; } = [];

    /// <summary>CPUs; all that are online unless given.</summary>
    [Parameter(ParameterSetName = CpuSetName)]
    [Parameter(ParameterSetName = CGroupSet)]
    [CpuListTransformation]
    [ValidateNotNullOrEmpty]
    public int[]? Cpu { get; set; }

    /// <summary>Control groups, by their path below the hierarchy.</summary>
    [Parameter(ParameterSetName = CGroupSet, Mandatory = true)]
    [ArgumentCompleter(typeof(CGroupCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] CGroup { get; set; } = [];

    /// <summary>A program to run and watch.</summary>
    [Parameter(ParameterSetName = CommandSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string? Command { get; set; }

    /// <summary>The program's arguments.</summary>
    [Parameter(ParameterSetName = CommandSet, ValueFromRemainingArguments = true)]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public string[] ArgumentList { get; set; } = [];

    /// <summary>Children and threads that start later are not watched.</summary>
    [Parameter(ParameterSetName = ProcessSet)]
    [Parameter(ParameterSetName = ThreadSet)]
    [Parameter(ParameterSetName = CommandSet)]
    public SwitchParameter NoInherit { get; set; }

    /// <summary>How long to watch.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? Duration { get; set; }

    /// <summary>End after so many events.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long MaxEvents { get; set; } = long.MaxValue;

    /// <summary>Record the call stack with each event.</summary>
    [Parameter]
    public SwitchParameter CallStack { get; set; }

    /// <summary>Bytes of each CPU's ring buffer.</summary>
    [Parameter]
    [SizeTransformation]
    public long? BufferSize { get; set; }

    /// <summary>The newest events push out the oldest, and come when the watch ends.</summary>
    [Parameter]
    public SwitchParameter Overwrite { get; set; }

    /// <summary>The name of a variable that gets the summary: how many events came, how many were lost.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SummaryVariable { get; set; }

    protected override void BeginProcessing()
    {
        if (Filter is not null && Where is not null)
            ThrowUsage("ContradictoryParameters", "-Filter and -Where exclude each other: both say what the kernel's filter is.");
        if (AllowClientFilter && Where is null)
            ThrowUsage("ContradictoryParameters", "-AllowClientFilter has a meaning only with -Where.");
        if (Overwrite && Duration is null && Command is null)
            ThrowUsage("ContradictoryParameters", "With -Overwrite events come at the end: give -Duration or -Command.");
    }

    protected override void ProcessRecord()
    {
        _names.AddRange(Event);
        _processIds.AddRange(ProcessId);
    }

    protected override void EndProcessing()
    {
        IReadOnlyList<Tracepoint> tracepoints;
        try
        {
            tracepoints = TracepointSelection.Find(_names, VerboseWriter, WriteProblem, StopToken);
        }
        catch (KernelException e)
        {
            ThrowProblem(e, null);
            return;
        }
        if (tracepoints.Count == 0)
            return; // each name has had its error, or was a wildcard
        WhereCompiler? where = Where is null ? null : new WhereCompiler(this, Where, AllowClientFilter);
        IReadOnlyList<TracepointRequest> requests = where is null
            ? [.. tracepoints.Select(t => new TracepointRequest(t.Format, Filter))]
            : where.Compile(tracepoints, WriteProblem, VerboseWriter);
        if (requests.Count == 0 || Target() is not { } target)
            return;
        try
        {
            Watch(requests, target, where is { IsFilteredHere: true } ? where : null);
        }
        catch (Exception e) when (e is CommandException or KernelException or ControlGroupException)
        {
            WriteProblem(e, Command ?? (object)Event);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _stream?.Dispose();
        base.Dispose(disposing);
    }

    private CounterTarget? Target()
    {
        CpuSet online = new CpuTopology(SystemPaths.Default).Online;
        switch (ParameterSetName)
        {
            case ProcessSet:
                return new CounterTarget.Processes(_processIds);
            case ThreadSet:
                return new CounterTarget.Threads(ThreadId);
            case CommandSet:
                return new CounterTarget.Command(Command!, ArgumentList, SessionState.Path.CurrentFileSystemLocation.Path);
        }
        foreach (int cpu in (Cpu ?? []).Where(c => !online.Contains(c)).Distinct())
        {
            WriteError(new ErrorRecord(new ArgumentException($"CPU {cpu} is not online; online are {online}."),
                "CpuNotFound", ErrorCategory.ObjectNotFound, cpu));
        }
        CpuSet cpus = Cpu is null ? online : new CpuSet(Cpu).Intersect(online);
        return cpus.Count == 0 ? null
            : ParameterSetName == CGroupSet ? new CounterTarget.CGroups(CGroup, cpus)
            : new CounterTarget.Cpus(cpus);
    }

    private void Watch(IReadOnlyList<TracepointRequest> requests, CounterTarget target, WhereCompiler? shellFilter)
    {
        var options = new TracepointStreamOptions
        {
            BufferSize = BufferSize,
            Overwrite = Overwrite,
            CallStack = CallStack,
            Inherit = !NoInherit,
            Duration = Duration,
        };
        _stream = TracepointStream.Open(requests, target, options, VerboseWriter, p => WriteProblem(p.Cause, p.Target, p.Id), stop: StopToken);
        if (!_stream.IsWatching)
            return; // each event and each target has had its error
        var batch = new TraceEvent[256];
        long left = MaxEvents;
        while (left > 0 && _stream.Fill(batch.AsSpan(0, (int)Math.Min(batch.Length, left))) is > 0 and var count)
        {
            for (int i = 0; i < count; i++)
            {
                if (shellFilter?.Passes(batch[i]) == false)
                    continue;
                WriteObject(batch[i]);
                left--;
            }
            WarnOfLoss(isFinal: false);
        }
        _stream.Finish();
        WarnOfLoss(isFinal: true);
        TracepointStreamSummary summary = _stream.Summary;
        WriteVerbose($"{summary.Events} events in {summary.Elapsed.TotalSeconds:0.000} s, {summary.Lost} lost.");
        if (SummaryVariable is not null)
            SessionState.PSVariable.Set(SummaryVariable, summary);
    }

    // At once when the first are lost and then each time there are ten times as many: a watch may never come to an end of its own.
    private void WarnOfLoss(bool isFinal)
    {
        TracepointStream stream = _stream!;
        long lost = stream.Lost;
        if (lost == _warnedAt || (!isFinal && lost < 10 * _warnedAt))
            return;
        _warnedAt = lost;
        TracepointStreamSummary summary = stream.Summary;
        WriteWarning($"{lost} events were lost ({string.Join(", ", summary.LostPerCpu.OrderBy(static p => p.Key).Select(static p => $"CPU {p.Key}: {p.Value}"))}): "
            + $"they came faster than they were taken. Narrow them down with -Where or -Filter, or enlarge the buffers: -BufferSize {2L * summary.BufferSize / (1 << 20)}MB.");
    }
}
