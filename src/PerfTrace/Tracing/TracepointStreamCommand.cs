using System.Diagnostics;
using System.Management.Automation;
using PerfTrace.Events;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>What watching tracepoints and subscribing to them have in common: which events, of whom, filtered how.</summary>
public abstract class TracepointStreamCommand : PerfTraceCommand
{
    protected const string CpuSetName = "Cpu", ProcessSet = "Process", ThreadSet = "Thread", CGroupSet = "CGroup", CommandSet = "Command", ProcessObjectSet = "ProcessObject";

    private readonly List<string> _names = [];
    private readonly List<int> _processIds = [];

    /// <summary>Tracepoints as system:name, wildcards in either part.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TracepointNameCompleter))]
    public string[] Event { get; set; } = [];

    /// <summary>A filter in the kernel's language, for all events.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EventFilterCompleter))]
    public string? Filter { get; set; }

    /// <summary>A condition on the event, $_, that is compiled to a filter of the kernel.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(EventConditionCompleter))]
    public ScriptBlock? Where { get; set; }

    /// <summary>What the kernel can not express of -Where is evaluated here, event by event.</summary>
    [Parameter]
    public SwitchParameter AllowClientFilter { get; set; }

    /// <summary>Running processes.</summary>
    [Parameter(ParameterSetName = ProcessSet, Mandatory = true)]
    [Alias("PID")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProcessIdCompleter))]
    public int[] ProcessId { get; set; } = [];

    // Not by the property Id: tracepoints have one too, and come through the pipeline as well.
    /// <summary>Running processes, from Get-Process.</summary>
    [Parameter(ParameterSetName = ProcessObjectSet, Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public Process[] InputObject { get; set; } = [];

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

    /// <summary>A program to run and watch, which its arguments may follow.</summary>
    [Parameter(ParameterSetName = CommandSet, Mandatory = true, Position = 1)]
    [ValidateProgram]
    [AllowEmptyString]
    public string[]? Command { get; set; }

    /// <summary>The program's arguments, behind those that <see cref="Command"/> has.</summary>
    [Parameter(ParameterSetName = CommandSet, ValueFromRemainingArguments = true)]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public string[] ArgumentList { get; set; } = [];

    /// <summary>Children and threads that start later are not watched.</summary>
    [Parameter(ParameterSetName = ProcessSet)]
    [Parameter(ParameterSetName = ProcessObjectSet)]
    [Parameter(ParameterSetName = ThreadSet)]
    [Parameter(ParameterSetName = CommandSet)]
    public SwitchParameter NoInherit { get; set; }

    /// <summary>How long to watch.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? Duration { get; set; }

    /// <summary>Record the call stack with each event.</summary>
    [Parameter]
    public SwitchParameter CallStack { get; set; }

    /// <summary>Bytes of each CPU's ring buffer.</summary>
    [Parameter]
    [SizeTransformation]
    [ValidateRange(1, 1L << 30)]
    public long? BufferSize { get; set; }

    protected override void BeginProcessing()
    {
        if (Filter is not null && Where is not null)
            ThrowUsage("ContradictoryParameters", "-Filter and -Where exclude each other: both say what the kernel's filter is.");
        if (AllowClientFilter && Where is null)
            ThrowUsage("ContradictoryParameters", "-AllowClientFilter has a meaning only with -Where.");
    }

    protected override void ProcessRecord()
    {
        _names.AddRange(Event);
        _processIds.AddRange(ProcessId);
        _processIds.AddRange(InputObject.Select(static p => p.Id));
    }

    /// <summary>Opens the stream; null when nothing is left to be watched, of which the user has been told.</summary>
    /// <param name="overwrite">The newest events push out the oldest.</param>
    /// <param name="isInteractive">The stream ends with the pipeline.</param>
    private protected TracepointStream? OpenStream(bool overwrite, bool isInteractive, out WhereCompiler? shellFilter)
    {
        shellFilter = null;
        IReadOnlyList<Tracepoint> tracepoints;
        try
        {
            tracepoints = TracepointSelection.Find(_names, VerboseWriter, WriteProblem, StopToken);
        }
        catch (KernelException e)
        {
            ThrowProblem(e, null);
            return null;
        }
        if (tracepoints.Count == 0)
            return null; // each name has had its error, or was a wildcard
        WhereCompiler? where = Where is null ? null : new WhereCompiler(this, Where, AllowClientFilter);
        IReadOnlyList<TracepointRequest> requests = where is null
            ? [.. tracepoints.TakeWhile(_ => !StopToken.IsCancellationRequested).Select(t => new TracepointRequest(t.GetFormat(), Filter))]
            : where.Compile(tracepoints, WriteProblem, VerboseWriter);
        if (requests.Count == 0 || Target() is not { } target)
            return null;
        if (where is { IsFilteredHere: true })
            shellFilter = where;
        var options = new TracepointStreamOptions
        {
            BufferSize = BufferSize,
            Overwrite = overwrite,
            CallStack = CallStack,
            Inherit = !NoInherit,
            Duration = Duration,
        };
        TracepointStream? stream = null;
        try
        {
            stream = TracepointStream.Open(requests, target, options, VerboseWriter,
                p => WriteProblem(p.Cause is EventFilterException refusal ? FilterCheck.Explain(refusal, SystemPaths.Default) : p.Cause, p.Target, p.Id),
                stop: isInteractive ? StopToken : CancellationToken.None);
            if (stream.IsWatching)
                return stream;
        }
        catch (Exception e) when (e is CommandException or KernelException or ControlGroupException or TraceNameException)
        {
            WriteProblem(e, Command?[0] ?? (object)Event);
        }
        catch (OperationCanceledException)
        {
            // Stopped before all events were open: nothing of it is left.
        }
        stream?.Dispose();
        return null;
    }

    private CounterTarget? Target()
    {
        CpuSet online = new CpuTopology(SystemPaths.Default).Online;
        switch (ParameterSetName)
        {
            case ProcessSet or ProcessObjectSet:
                return new CounterTarget.Processes(_processIds);
            case ThreadSet:
                return new CounterTarget.Threads(ThreadId);
            case CommandSet:
                return CommandTarget(Command!, ArgumentList);
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
}
