using System.Globalization;
using System.Management.Automation;
using PerfTrace.Bpf;
using PerfTrace.BpfTrace;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Symbols;

namespace PerfTrace.Commands;

/// <summary>Start-BpfTool: puts a tool to work and gives what it tells.</summary>
[Cmdlet(VerbsLifecycle.Start, "BpfTool", SupportsShouldProcess = true)]
[OutputType(typeof(ExecEvent), typeof(ExitEvent), typeof(OpenEvent), typeof(TcpConnection), typeof(BlockRequest), typeof(LatencyRange), typeof(PerfStackTotal),
    typeof(BpfTracePrint), typeof(BpfTraceMapEntry))]
public sealed class StartBpfToolCommand : PerfTraceCommand
{
    private readonly List<int> _processIds = [];
    private readonly SymbolStore _symbols = new(SystemPaths.Default);
    private BpfToolSession? _session;
    private BpfTraceSession? _script;
    private long _warnedAt;

    /// <summary>The tool.</summary>
    [Parameter(Position = 0, Mandatory = true)]
    [ArgumentCompleter(typeof(BpfToolCompleter))]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>Only these processes and those that they start.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("PID", "Id")]
    [ValidateNotNullOrEmpty]
    [ValidateRange(1, int.MaxValue)]
    [ArgumentCompleter(typeof(ProcessIdCompleter))]
    public int[] ProcessId { get; set; } = [];

    /// <summary>Not those that they start.</summary>
    [Parameter]
    public SwitchParameter NoInherit { get; set; }

    /// <summary>Only threads whose name begins so.</summary>
    [Parameter]
    [Alias("Comm")]
    [ValidateNotNullOrEmpty]
    [ValidateLength(1, 15)]
    public string? CommandName { get; set; }

    /// <summary>Only this control group and those below it.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(CGroupCompleter))]
    [ValidateNotNullOrEmpty]
    public string? CGroup { get; set; }

    /// <summary>How long.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? Duration { get; set; }

    /// <summary>End after so many objects.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long MaxEvents { get; set; } = long.MaxValue;

    /// <summary>How often histograms and stacks are given and begun anew.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? Interval { get; set; }

    /// <summary>Only what takes so long.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan MinimumDuration { get; set; }

    /// <summary>Only what fails.</summary>
    [Parameter]
    public SwitchParameter FailedOnly { get; set; }

    /// <summary>Only this port on this machine.</summary>
    [Parameter]
    [ValidateRange(1, 65535)]
    public int LocalPort { get; set; }

    /// <summary>Only this port of the other side.</summary>
    [Parameter]
    [ValidateRange(1, 65535)]
    public int RemotePort { get; set; }

    /// <summary>Only this disk.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(DiskCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Disk { get; set; }

    /// <summary>A histogram for each disk.</summary>
    [Parameter]
    public SwitchParameter PerDisk { get; set; }

    /// <summary>A histogram for each process.</summary>
    [Parameter]
    public SwitchParameter PerProcess { get; set; }

    /// <summary>Leave out threads that wait for nothing but a CPU.</summary>
    [Parameter]
    public SwitchParameter BlockedOnly { get; set; }

    /// <summary>The idle threads, too.</summary>
    [Parameter]
    public SwitchParameter IncludeIdle { get; set; }

    /// <summary>Call stacks of the program's part alone.</summary>
    [Parameter]
    public SwitchParameter UserStackOnly { get; set; }

    /// <summary>Call stacks of the kernel's part alone.</summary>
    [Parameter]
    public SwitchParameter KernelStackOnly { get; set; }

    /// <summary>Samples a second of each CPU.</summary>
    [Parameter]
    [ValidateRange(1, 100_000)]
    public int Frequency { get; set; } = 99;

    /// <summary>Bytes of the ring buffer.</summary>
    [Parameter]
    [SizeTransformation]
    [ValidateRange(4096, 1L << 30)]
    public long BufferSize { get; set; } = 1 << 20;

    protected override void BeginProcessing()
    {
        if (UserStackOnly && KernelStackOnly)
            ThrowUsage("ContradictoryParameters", "-UserStackOnly and -KernelStackOnly exclude each other: without either both parts are taken.");
    }

    protected override void ProcessRecord()
    {
        foreach (int id in ProcessId)
        {
            try
            {
                ProcessFacts.Require(SystemPaths.Default, id);
                _processIds.Add(id);
            }
            catch (KernelTargetGoneException e)
            {
                WriteProblem(e, id);
            }
        }
    }

    protected override void EndProcessing()
    {
        BpfTool tool;
        try
        {
            tool = BpfToolSet.Find(Name);
        }
        catch (BpfToolNotFoundException e)
        {
            ThrowProblem(e, Name);
            return;
        }
        RefuseOtherParameters(tool);
        // Whoever names processes, and none is left of them, does not want to watch all.
        if (MyInvocation.BoundParameters.ContainsKey(nameof(ProcessId)) && _processIds.Count == 0)
            return;
        if (!ShouldProcess(tool.Name, "Attach the BPF programs of the tool"))
            return;
        try
        {
            if (tool.Script is not null)
            {
                Run(tool);
                return;
            }
            _session = BpfToolSession.Start(tool, Options(), _symbols, Tell, StopToken);
            Watch(_session);
        }
        catch (OperationCanceledException)
        {
            // Stopped before everything was attached: nothing of it is left.
        }
        catch (Exception e) when (e is BpfToolUnavailableException or BpfObjectException or DirectoryNotFoundException || BpfTraceScriptCommand.IsProblem(e))
        {
            ThrowProblem(e, Name);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            if (StopToken.IsCancellationRequested)
                _session?.DisposeLater();
            else
                _session?.Dispose();
            _script?.Dispose();
            _symbols.Dispose();
        }
        base.Dispose(disposing);
    }

    private void Watch(BpfToolSession session)
    {
        WriteVerbose($"{session.Tool.Name} is at work.");
        session.Stopped = LeaveStoppedPipeline;
        object[] batch = new object[256];
        long left = MaxEvents, given = 0;
        using var progress = new WorkProgress(this, session.Tool.Name, Duration, StopToken);
        // What is told at the end alone is told when the user says so, too.
        using StopKeys? keys = Duration is null && Interval is null && session.Tool.Parameters.Contains(nameof(Interval)) ? StopKeys.Watch(StopToken) : null;
        using CancellationTokenRegistration end = keys?.Token.Register(session.End) ?? default;
        if (Duration is not null || MaxEvents < long.MaxValue)
            session.Waiting = () => progress.Show(given, MaxEvents, "objects");
        else if (keys is not null)
            session.Waiting = () => progress.Show($"{keys.Key} ends the measurement and shows what was counted.");
        while (left > 0 && session.Fill(batch.AsSpan(0, (int)Math.Min(batch.Length, left))) is > 0 and var count)
        {
            for (int i = 0; i < count; i++)
                WriteObject(batch[i]);
            left -= count;
            given += count;
            WarnOfLoss(session, isFinal: false);
            progress.Show(given, MaxEvents, "objects");
        }
        if (StopToken.IsCancellationRequested)
            return;
        WarnOfLoss(session, isFinal: true);
        WriteVerbose(string.Create(CultureInfo.InvariantCulture, $"{given} objects in {session.Elapsed.TotalSeconds:0.000} s, {session.Lost} lost."));
        if (session.Tool.OutputType == typeof(PerfStackTotal))
            GetPerfSampleCommand.WarnOf(this, _symbols);
    }

    private void Run(BpfTool tool)
    {
        if (_processIds.Count > 1)
            ThrowUsage("OneProcess", $"{tool.Name} watches one process, or all: it is a script, which compares one number.", nameof(ProcessId));
        _script = BpfTraceSession.Start(ScriptTools.Request(tool, Options()), VerboseWriter, StopToken);
        WriteVerbose($"{tool.Name} is at work.");
        foreach (ScriptDiagnostic warning in _script.Warnings)
            WriteWarning(warning.ToString());
        var writer = new BpfTraceWriter(this, isText: false, BpfTraceLossAdvice.OfTool(tool)) { Left = MaxEvents };
        using var progress = new WorkProgress(this, tool.Name, Duration, StopToken);
        if (Duration is not null || MaxEvents < long.MaxValue)
            _script.Waiting = () => progress.Show(MaxEvents - writer.Left, MaxEvents, "objects");
        using (StopToken.Register(_script.Stop))
            writer.WriteAll(_script, Host, StopToken);
    }

    // At once when the first are lost and then each time there are ten times as many.
    private void WarnOfLoss(BpfToolSession session, bool isFinal)
    {
        long lost = session.Lost;
        if (lost == _warnedAt || (!isFinal && lost < 10 * _warnedAt))
            return;
        _warnedAt = lost;
        WriteWarning(session.Tool.Parameters.Contains(nameof(BufferSize))
            ? string.Create(CultureInfo.CurrentCulture, $"{lost:n0} events were lost: they came faster than they were taken. Watch fewer, or make -BufferSize larger than {BufferSize / 1024}KB.")
            : string.Create(CultureInfo.CurrentCulture, $"{lost:n0} counts were lost: the program's maps were full. Watch fewer, or give an -Interval, which empties them."));
    }

    private BpfToolOptions Options() => new()
    {
        ProcessIds = _processIds,
        Inherit = !NoInherit,
        CommandName = CommandName,
        CGroup = CGroup,
        Duration = Duration,
        Interval = Interval,
        MinimumDuration = MinimumDuration,
        FailedOnly = FailedOnly,
        LocalPort = LocalPort,
        RemotePort = RemotePort,
        Disk = Disk,
        PerDisk = PerDisk,
        PerProcess = PerProcess,
        BlockedOnly = BlockedOnly,
        IncludeIdle = IncludeIdle,
        UserStackOnly = UserStackOnly,
        KernelStackOnly = KernelStackOnly,
        Frequency = Frequency,
        BufferSize = BufferSize,
    };

    // One cmdlet for all tools: what means nothing to this one is a mistake, not to be passed over.
    private void RefuseOtherParameters(BpfTool tool)
    {
        IReadOnlyList<string> common = BpfToolSet.CommonParametersOf(tool);
        HashSet<string> special = [.. BpfToolSet.All.SelectMany(static t => t.Parameters), .. BpfTools.CommonParameters];
        special.ExceptWith(common);
        special.ExceptWith(tool.Parameters);
        foreach (string name in MyInvocation.BoundParameters.Keys.Where(special.Contains))
        {
            ThrowUsage("ParameterOfOtherTool", $"{tool.Name} has no -{name}. Besides those of all {(tool.Script is null ? "programs" : "scripts")} ({Names(common)}) it takes "
                + $"{(tool.Parameters.Count == 0 ? "none" : Names(tool.Parameters))}.", name);
        }

        static string Names(IEnumerable<string> names) => string.Join(", ", names.Select(static n => $"-{n}"));
    }

    private void Tell(BpfLogMessage message)
    {
        if (message.Level == BpfLogLevel.Warning)
            WriteWarning(message.Text);
        else
            WriteVerbose(message.Text);
    }
}
