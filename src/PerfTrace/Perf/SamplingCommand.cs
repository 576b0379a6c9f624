using System.Management.Automation;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Perf;

namespace PerfTrace.Commands;

/// <summary>What cmdlets that sample have in common: which events, how often, with what stacks, and whom.</summary>
public abstract class SamplingCommand : PerfTraceCommand
{
    protected const string CommandSet = "Command", ProcessSet = "Process", ThreadSet = "Thread", CpuSetName = "Cpu", AllCpuSet = "AllCpu", CGroupSet = "CGroup";

    private readonly List<int> _processIds = [];

    /// <summary>The program to run and sample, which its arguments may follow.</summary>
    [Parameter(ParameterSetName = CommandSet, Position = 0)]
    [ValidateProgram]
    [AllowEmptyString]
    public string[]? Command { get; set; }

    /// <summary>The program's arguments, behind those that <see cref="Command"/> has.</summary>
    [Parameter(ParameterSetName = CommandSet, Position = 1, ValueFromRemainingArguments = true)]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public string[] ArgumentList { get; set; } = [];

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

    /// <summary>Samples a second of each event.</summary>
    [Parameter]
    [Alias("F")]
    [ValidateRange(1, 10_000_000)]
    public int? Frequency { get; set; }

    /// <summary>Occurrences between two samples.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long? Period { get; set; }

    /// <summary>How the call stack of a sample is found.</summary>
    [Parameter]
    [Alias("G")]
    public CallStackMode CallStack { get; set; }

    /// <summary>Bytes of the stack that go with a sample of -CallStack Dwarf.</summary>
    [Parameter]
    [SizeTransformation]
    [ValidateRange(8L, 65_528L)]
    public long StackSize { get; set; } = 8192;

    /// <summary>Record the registers of the program with each sample.</summary>
    [Parameter]
    public SwitchParameter UserRegisters { get; set; }

    /// <summary>Sample where threads cease to run, with their call stacks.</summary>
    [Parameter]
    public SwitchParameter OffCpu { get; set; }

    /// <summary>Children and threads that start later are not sampled.</summary>
    [Parameter(ParameterSetName = CommandSet)]
    [Parameter(ParameterSetName = ProcessSet)]
    [Parameter(ParameterSetName = ThreadSet)]
    public SwitchParameter NoInherit { get; set; }

    /// <summary>How long to sample.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? Duration { get; set; }

    /// <summary>Sampling starts this much later.</summary>
    [Parameter]
    [DurationTransformation(AllowZero = true)]
    public TimeSpan Delay { get; set; }

    /// <summary>Bytes of each CPU's ring buffer.</summary>
    [Parameter]
    [SizeTransformation]
    [ValidateRange(1, 1L << 30)]
    public long? BufferSize { get; set; }

    protected override void BeginProcessing()
    {
        if (Frequency is not null && Period is not null)
            ThrowUsage("ContradictoryParameters", "-Frequency and -Period exclude each other: both say when a sample is taken.");
        if (StackSize % sizeof(ulong) != 0)
            ThrowUsage("InvalidStackSize", "-StackSize must be a multiple of 8: the kernel copies whole words.", StackSize);
        if (MyInvocation.BoundParameters.ContainsKey(nameof(StackSize)) && CallStack != CallStackMode.Dwarf)
            ThrowUsage("ContradictoryParameters", "-StackSize has a meaning only with -CallStack Dwarf.");
    }

    protected override void ProcessRecord() => _processIds.AddRange(ProcessId);

    /// <summary>The events that were asked for, or the default; an error is written for what is wrong with one. Empty when all were.</summary>
    protected IReadOnlyList<PerfEventGroup> ResolveEvents()
    {
        if (Event is null && !OffCpu)
            return DefaultSampleEvents.For(EventCatalogue.Default);
        var groups = new List<PerfEventGroup>(Resolve(Event ?? []));
        if (OffCpu)
            groups.AddRange(Resolve([DefaultSampleEvents.OffCpu]));
        return groups;
    }

    /// <summary>Event strings as events; an error is written for what is wrong with one.</summary>
    protected IReadOnlyList<PerfEventGroup> Resolve(IEnumerable<string> texts)
    {
        var groups = new List<PerfEventGroup>();
        EventCatalogue.Default.Verbose = VerboseWriter;
        try
        {
            foreach (string text in texts)
            {
                try
                {
                    groups.AddRange(EventCatalogue.Default.Resolve(text));
                }
                catch (Exception e) when (e is EventSyntaxException or UnknownEventException or KernelException)
                {
                    WriteProblem(e, text);
                }
            }
        }
        finally
        {
            EventCatalogue.Default.Verbose = null;
        }
        return groups;
    }

    protected SamplingOptions SamplingOptions() => new()
    {
        Frequency = Frequency,
        Period = Period,
        // Where a thread blocks is told by its stack.
        CallStack = OffCpu && !MyInvocation.BoundParameters.ContainsKey(nameof(CallStack)) ? CallStackMode.FramePointer : CallStack,
        StackSize = (int)StackSize,
        UserRegisters = UserRegisters,
        Inherit = !NoInherit,
        BufferSize = BufferSize,
        // What runs on a CPU is told by the tracepoint itself; of a process it tells only when it ceases to run.
        Switches = OffCpu && ParameterSetName is (CommandSet or ProcessSet or ThreadSet),
    };

    /// <summary>Whom to sample; null when an error has said why nobody is.</summary>
    protected CounterTarget? Target()
    {
        switch (ParameterSetName)
        {
            case ProcessSet:
                return _processIds.Count > 0 ? new CounterTarget.Processes(_processIds) : null;
            case ThreadSet:
                return new CounterTarget.Threads(ThreadId);
            case AllCpuSet:
                if (!AllCpu)
                    ThrowUsage("NoTarget", "-AllCpu:$false leaves nothing to sample.");
                return new CounterTarget.Cpus(new CpuTopology(SystemPaths.Default).Online);
            case CpuSetName:
                return OnlineOf(Cpu!) is { Count: > 0 } cpus ? new CounterTarget.Cpus(cpus) : null;
            case CGroupSet:
                CpuSet set = Cpu is null ? new CpuTopology(SystemPaths.Default).Online : OnlineOf(Cpu);
                return set.Count > 0 ? new CounterTarget.CGroups(CGroup, set) : null;
            default:
                return Command is null ? DefaultTarget() : CommandTarget(Command, ArgumentList);
        }
    }

    /// <summary>Whom to sample when nobody is named; null when an error has said that somebody must be.</summary>
    private protected virtual CounterTarget? DefaultTarget()
    {
        ThrowUsage("NoTarget", $"Say whom to sample: a command ({MyInvocation.MyCommand.Name} -- ls /), -ProcessId, -ThreadId, -CGroup, -Cpu or -AllCpu.");
        return null;
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
}
