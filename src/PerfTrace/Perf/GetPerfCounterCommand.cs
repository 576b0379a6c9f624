using System.Management.Automation;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Perf;

namespace PerfTrace.Commands;

/// <summary>Get-PerfCounter: counts events of a command, processes, threads, CPUs or control groups, as <c>perf stat</c> does.</summary>
[Cmdlet(VerbsCommon.Get, "PerfCounter", DefaultParameterSetName = CommandSet)]
[OutputType(typeof(PerfCounter), typeof(PerfCounterInterval), typeof(PerfCounterStatistics))]
public sealed class GetPerfCounterCommand : PerfTraceCommand
{
    private const string CommandSet = "Command", ScriptSet = "ScriptBlock", ProcessSet = "Process", ThreadSet = "Thread",
        CpuSetName = "Cpu", AllCpuSet = "AllCpu", CGroupSet = "CGroup";

    private readonly CounterEvents _events = new();
    private readonly List<int> _processIds = [];
    private readonly List<int> _threadIds = [];
    private bool _hasInput;

    /// <summary>The program to run and count, which its arguments may follow.</summary>
    [Parameter(ParameterSetName = CommandSet, Position = 0)]
    [ValidateProgram]
    [AllowEmptyString]
    public string[]? Command { get; set; }

    /// <summary>The program's arguments, behind those that <see cref="Command"/> has.</summary>
    [Parameter(ParameterSetName = CommandSet, Position = 1, ValueFromRemainingArguments = true)]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public string[] ArgumentList { get; set; } = [];

    /// <summary>A script block to run on the calling thread and count.</summary>
    [Parameter(ParameterSetName = ScriptSet, Position = 0, Mandatory = true)]
    [ValidateNotNull]
    public ScriptBlock? ScriptBlock { get; set; }

    /// <summary>Running processes.</summary>
    [Parameter(ParameterSetName = ProcessSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Id", "PID")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProcessIdCompleter))]
    public int[] ProcessId { get; set; } = [];

    /// <summary>Running threads.</summary>
    [Parameter(ParameterSetName = ThreadSet, Mandatory = true)]
    [Alias("TID")]
    [ValidateNotNullOrEmpty]
    public int[] ThreadId { get; set; } = [];

    /// <summary>CPUs, whatever runs on them.</summary>
    [Parameter(ParameterSetName = CpuSetName, Mandatory = true)]
    [Parameter(ParameterSetName = CGroupSet)]
    [CpuListTransformation]
    [ValidateNotNullOrEmpty]
    public int[]? Cpu { get; set; }

    /// <summary>All CPUs that are online.</summary>
    [Parameter(ParameterSetName = AllCpuSet, Mandatory = true)]
    public SwitchParameter AllCpu { get; set; }

    /// <summary>Control groups, by their path below the hierarchy.</summary>
    [Parameter(ParameterSetName = CGroupSet, Mandatory = true)]
    [ArgumentCompleter(typeof(CGroupCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] CGroup { get; set; } = [];

    /// <summary>Event strings as perf takes them.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ValidateWildcards]
    [ArgumentCompleter(typeof(EventNameCompleter))]
    public string[]? Event { get; set; }

    /// <summary>Events from Get-PerfEvent.</summary>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNull]
    public PerfEvent? InputObject { get; set; }

    /// <summary>Children and threads that start later are not counted.</summary>
    [Parameter(ParameterSetName = CommandSet)]
    [Parameter(ParameterSetName = ScriptSet)]
    [Parameter(ParameterSetName = ProcessSet)]
    [Parameter(ParameterSetName = ThreadSet)]
    public SwitchParameter NoInherit { get; set; }

    /// <summary>A result for each CPU.</summary>
    [Parameter(ParameterSetName = CommandSet)]
    [Parameter(ParameterSetName = ProcessSet)]
    [Parameter(ParameterSetName = ThreadSet)]
    [Parameter(ParameterSetName = CpuSetName)]
    [Parameter(ParameterSetName = AllCpuSet)]
    [Parameter(ParameterSetName = CGroupSet)]
    public SwitchParameter PerCpu { get; set; }

    /// <summary>A result for each core.</summary>
    [Parameter(ParameterSetName = CommandSet)]
    [Parameter(ParameterSetName = ProcessSet)]
    [Parameter(ParameterSetName = ThreadSet)]
    [Parameter(ParameterSetName = CpuSetName)]
    [Parameter(ParameterSetName = AllCpuSet)]
    [Parameter(ParameterSetName = CGroupSet)]
    public SwitchParameter PerCore { get; set; }

    /// <summary>A result for each socket.</summary>
    [Parameter(ParameterSetName = CommandSet)]
    [Parameter(ParameterSetName = ProcessSet)]
    [Parameter(ParameterSetName = ThreadSet)]
    [Parameter(ParameterSetName = CpuSetName)]
    [Parameter(ParameterSetName = AllCpuSet)]
    [Parameter(ParameterSetName = CGroupSet)]
    public SwitchParameter PerSocket { get; set; }

    /// <summary>A result for each thread.</summary>
    [Parameter(ParameterSetName = ProcessSet)]
    public SwitchParameter PerThread { get; set; }

    /// <summary>How long to count.</summary>
    [Parameter(ParameterSetName = CommandSet)]
    [Parameter(ParameterSetName = ProcessSet)]
    [Parameter(ParameterSetName = ThreadSet)]
    [Parameter(ParameterSetName = CpuSetName)]
    [Parameter(ParameterSetName = AllCpuSet)]
    [Parameter(ParameterSetName = CGroupSet)]
    [DurationTransformation]
    public TimeSpan? Duration { get; set; }

    /// <summary>A result each time this has passed.</summary>
    [Parameter(ParameterSetName = CommandSet)]
    [Parameter(ParameterSetName = ProcessSet)]
    [Parameter(ParameterSetName = ThreadSet)]
    [Parameter(ParameterSetName = CpuSetName)]
    [Parameter(ParameterSetName = AllCpuSet)]
    [Parameter(ParameterSetName = CGroupSet)]
    [DurationTransformation]
    public TimeSpan? Interval { get; set; }

    /// <summary>Counting starts this much later than the command.</summary>
    [Parameter(ParameterSetName = CommandSet)]
    [Parameter(ParameterSetName = ProcessSet)]
    [Parameter(ParameterSetName = ThreadSet)]
    [Parameter(ParameterSetName = CpuSetName)]
    [Parameter(ParameterSetName = AllCpuSet)]
    [Parameter(ParameterSetName = CGroupSet)]
    [DurationTransformation(AllowZero = true)]
    public TimeSpan Delay { get; set; }

    /// <summary>Runs the command so often; the results are means with their spread.</summary>
    [Parameter(ParameterSetName = CommandSet)]
    [ValidateRange(1, 1_000_000)]
    public int Repeat { get; set; } = 1;

    protected override void BeginProcessing()
    {
        if ((PerCpu ? 1 : 0) + (PerCore ? 1 : 0) + (PerSocket ? 1 : 0) + (PerThread ? 1 : 0) > 1)
            ThrowUsage("ContradictoryParameters", "Only one of -PerCpu, -PerCore, -PerSocket and -PerThread can be given: they say what one result stands for.");
        if (Repeat > 1 && Interval is not null)
            ThrowUsage("ContradictoryParameters", "-Repeat and -Interval exclude each other: a mean over runs has no series.");
        EventCatalogue.Default.Verbose = VerboseWriter;
        try
        {
            foreach (string text in Event ?? [])
            {
                if (_events.Add(text) is { } problem)
                    WriteProblem(problem, text);
            }
        }
        finally
        {
            EventCatalogue.Default.Verbose = null;
        }
    }

    protected override void ProcessRecord()
    {
        _hasInput = true;
        if (InputObject is not null)
            _events.Add(InputObject);
        _processIds.AddRange(ProcessId);
        _threadIds.AddRange(ThreadId);
    }

    protected override void EndProcessing()
    {
        if (MyInvocation.ExpectingInput && !_hasInput && Event is null)
            return; // Get-PerfEvent NAME* | Get-PerfCounter …, and there is none: nothing, as elsewhere in PowerShell
        CounterTarget? target = Target();
        if (target is null)
            return;
        bool isSystemWide = target is CounterTarget.Cpus or CounterTarget.CGroups;
        IReadOnlyList<PerfEventGroup> groups = _events.IsAsked ? _events.Groups : DefaultEvents.For(EventCatalogue.Default, isSystemWide);
        if (groups.Count == 0)
            return; // each event that was asked for has had its error

        using var session = new CounterSession(groups, target, Options())
        {
            Verbose = VerboseWriter,
            Warning = WriteWarning,
            Problem = p => WriteProblem(p.Cause, p.Target, p.Id),
        };
        using var progress = new WorkProgress(this, "Counting events", Repeat > 1 ? null : Duration, StopToken);
        if (Repeat > 1)
            session.Tick = () => progress.Show(session.RunsDone, Repeat, "runs");
        else if (Duration is not null)
            session.Tick = () => progress.Show();
        else if (target is not CounterTarget.Command && Interval is null)
            session.Tick = () => progress.Show("Ctrl-C ends the measurement and shows the counts.");
        try
        {
            if (ScriptBlock is not null)
                CountScriptBlock(session);
            else
                Count(session, target);
        }
        catch (Exception e) when (e is NothingCountableException or CommandException or KernelException or ControlGroupException)
        {
            WriteProblem(e, Command?[0] ?? (object?)Event);
        }
    }

    private CounterTarget? Target()
    {
        switch (ParameterSetName)
        {
            case ProcessSet:
                return new CounterTarget.Processes(_processIds);
            case ThreadSet:
                return new CounterTarget.Threads(_threadIds);
            case ScriptSet:
                return new CounterTarget.CallingThread();
            case AllCpuSet:
                if (!AllCpu)
                    ThrowUsage("NoTarget", "-AllCpu:$false leaves nothing to count.");
                return new CounterTarget.Cpus(new CpuTopology(SystemPaths.Default).Online);
            case CpuSetName:
                return OnlineOf(Cpu!) is { Count: > 0 } cpus ? new CounterTarget.Cpus(cpus) : null;
            case CGroupSet:
                CpuSet set = Cpu is null ? new CpuTopology(SystemPaths.Default).Online : OnlineOf(Cpu);
                return set.Count > 0 ? new CounterTarget.CGroups(CGroup, set) : null;
            default:
                if (Command is null)
                {
                    ThrowUsage("NoTarget",
                        "Say what to count: a command (Get-PerfCounter -- ls /), -ProcessId, -ThreadId, -CGroup, -Cpu or -AllCpu.");
                }
                return CommandTarget(Command!, ArgumentList);
        }
    }

    private CpuSet OnlineOf(int[] cpus)
    {
        CpuSet online = new CpuTopology(SystemPaths.Default).Online;
        foreach (int cpu in cpus.Where(c => !online.Contains(c)).Distinct())
        {
            WriteError(new ErrorRecord(new ArgumentException($"CPU {cpu} is not online; online are {online}."),
                "CpuNotFound", ErrorCategory.ObjectNotFound, cpu));
        }
        return new CpuSet(cpus).Intersect(online);
    }

    private CounterOptions Options() => new()
    {
        Inherit = !NoInherit,
        Aggregation = PerCpu ? CounterAggregation.Cpu
            : PerCore ? CounterAggregation.Core
            : PerSocket ? CounterAggregation.Socket
            : PerThread ? CounterAggregation.Thread
            : CounterAggregation.Target,
        Duration = Duration,
        Interval = Interval,
        Delay = Delay,
        Repeat = Repeat,
    };

    private void Count(CounterSession session, CounterTarget target)
    {
        // Without an end of its own, a measurement ends when the user says so, and then shows what it counted.
        using var keys = target is CounterTarget.Command || Duration is not null ? null : StopKeys.Watch(StopToken);
        try
        {
            foreach (PerfCounter counter in session.Measure(keys?.Token ?? StopToken))
                WriteObject(counter);
        }
        catch (OperationCanceledException)
        {
            // Stopped before all events were open: nothing has been counted.
        }
    }

    private void CountScriptBlock(CounterSession session)
    {
        IReadOnlyList<PerfCounter> unsupported = session.Begin();
        if (unsupported.Count > 0)
        {
            WriteObject(unsupported, enumerateCollection: true);
            throw session.NothingCountable();
        }
        try
        {
            // Its output is dropped, as Measure-Command drops it: the counters are the result.
            ScriptBlock!.Invoke();
        }
        finally
        {
            unsupported = session.End();
        }
        WriteObject(unsupported, enumerateCollection: true);
    }
}
