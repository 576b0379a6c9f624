using System.Diagnostics;
using System.Text;
using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.BpfTrace;

/// <summary>
/// A script at work: its maps, its programs, what holds them to their events. It ends when the script says so, when its time is over, its command or process has ended or when it is stopped; then the programs are
/// taken off, those of <c>end</c> run, and what the maps hold is given. For one thread; <see cref="Stop"/> may come from any.
/// </summary>
public sealed class BpfTraceSession : IDisposable
{
    private static readonly TimeSpan WaitingPeriod = TimeSpan.FromMilliseconds(500);

    // So often a script is asked for its exit() while the buffer is never empty.
    private static readonly TimeSpan ExitPeriod = TimeSpan.FromMilliseconds(100);

    private readonly BpfTraceRequest _request;
    private readonly RunningScript _running;
    private readonly BpfRingBufferReader? _events;
    private readonly Dictionary<string, ScriptMapReader> _readers = new(StringComparer.Ordinal);
    private readonly ScriptActions _actions;
    private readonly ManualResetEventSlim _stopped = new();
    private readonly Lock _guard = new();
    private readonly List<ScriptDiagnostic> _warnings;
    private ScriptSignals? _signals;
    private readonly CancellationTokenSource _abort;
    private ScriptIteration? _iteration;
    private ScriptPackets? _packets;
    private ProcessWatch? _process;
    private long _startedAt;
    private bool _hasExited, _isDisposed;

    private BpfTraceSession(BpfTraceRequest request, RunningScript running, CancellationToken stop)
    {
        _request = request;
        _running = running;
        _abort = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _warnings = [.. running.Script.Warnings];
        ScriptPlan plan = running.Script.Plan;
        var values = new ValueReader(running.Names);
        foreach (ScriptMap one in plan.Maps)
            _readers.Add(one.Name, new ScriptMapReader(one, running.Access(one.Name), values));
        _actions = new ScriptActions(plan, running.Names, values, _readers) { AllowsCommands = request.AllowsUnsafe, IsTextOnly = request.IsTextOnly, Stop = stop, Unwatch = running.Programs.Unwatch };
        _events = running.Events is { } events ? BpfRingBufferReader.Open(events) : null;
    }

    /// <summary>What the script's author should know.</summary>
    public IReadOnlyList<ScriptDiagnostic> Warnings => _warnings;

    /// <summary>How many events its programs are attached to.</summary>
    public int Attached => _running.Programs.Attached;

    /// <summary>What <c>exit()</c> was given; 0 without.</summary>
    public int ExitStatus { get; private set; }

    /// <summary>Compiles a script and puts it to work: when this returns, its programs of <c>begin</c> have run and all others are attached.</summary>
    /// <exception cref="ScriptException">The script has errors; the kernel does not accept a program; an event can not be attached to.</exception>
    /// <exception cref="KernelTargetGoneException">There is no process of its <see cref="BpfTraceRequest.ProcessId"/>.</exception>
    /// <exception cref="KernelException">Not for this user; no memory.</exception>
    public static BpfTraceSession Start(BpfTraceRequest request, Action<string>? verbose = null, CancellationToken stop = default)
    {
        // A command is its own process, and tests and benchmarks have none.
        int? process = request is { Mode: BpfTraceMode.Trace, Command.Count: 0, ProcessId: >= 0 and var id } ? id : null;
        if (process is { } required)
            ProcessFacts.Require(SystemPaths.Default, required);
        RunningScript running = RunningScript.Load(request.Command, request.WorkingDirectory, started => Compile(started < 0 ? request : request with { ProcessId = started }, verbose), verbose);
        IDisposable owner = running;
        try
        {
            var session = new BpfTraceSession(request, running, stop);
            owner = session;
            running.Begin();
            ScriptPrograms programs = running.Programs;
            if (running.Packets is { } packets)
                session._packets = ScriptPackets.Start(packets, running.Script, request.WorkingDirectory);
            programs.Run(ProbeProvider.Begin, stop);
            programs.Attach(running.Script.Plan.Settings.MissingProbes, session._warnings, stop);
            verbose?.Invoke($"{programs.Programs.Count} programs at {programs.Attached} events.");
            session._signals = ScriptSignals.Listen(programs);
            session._startedAt = Stopwatch.GetTimestamp();
            running.Release(session.Stop);
            if (process is { } watched)
                session._process = ProcessWatch.Start(watched, session.Stop);
            return session;
        }
        catch
        {
            owner.Dispose();
            throw;
        }
    }

    /// <summary>The programs of a script as text, without loading them.</summary>
    /// <exception cref="ScriptException">The script has errors.</exception>
    public static IEnumerable<(string Probe, string Listing)> Disassemble(BpfTraceRequest request)
    {
        CompiledScript script = Compile(request, null);
        using ScriptMaps maps = ScriptMaps.Create(script.Memory);
        var types = new IrTypes();
        foreach (ScriptProgram program in script.Programs)
            yield return (string.Join(",", program.Targets.Select(static t => t.Name)), ScriptListing.Of(ScriptPrograms.Assemble(program, types), script.Memory));
    }

    /// <summary>Called on the reading thread twice a second while nothing comes.</summary>
    public Action? Waiting { get; set; }

    /// <summary>What the script gives, as it comes, through the end: its maps last.</summary>
    /// <exception cref="KernelException">A map can not be read.</exception>
    public IEnumerable<BpfTraceOutput> Read()
    {
        if (_request.Mode != BpfTraceMode.Trace)
        {
            foreach (BpfTraceOutput output in Taken().Concat(Trials()).Concat(End()))
                yield return output;
            yield break;
        }
        foreach (string path in _running.Programs.Pinned)
            yield return new BpfTraceOutput(() => $"Program pinned to {path}\n", () => BpfPin.Read(path) is { } pin ? [pin] : []);
        if (_running.Programs.IsAllPinned)
            Stop();
        // They give all at once, and the buffer is small: what they give is taken meanwhile.
        _iteration = ScriptIteration.Start(_running.Programs, Stop, _abort.Token);
        // The time is looked at for each record: there are scripts whose prints are events again, so that the buffer is never empty.
        long askedAt = Stopwatch.GetTimestamp();
        while (!_hasExited && !_stopped.IsSet)
        {
            TimeSpan? left = _request.Duration is { } duration ? duration - Stopwatch.GetElapsedTime(_startedAt) : null;
            if (left <= TimeSpan.Zero)
                break;
            if (Waiting is not null && (left is null || left > WaitingPeriod))
                left = WaitingPeriod;
            if (_events is null)
                _stopped.Wait(left ?? Timeout.InfiniteTimeSpan);
            else
            {
                bool isEmpty = !TryTake(out BpfTraceOutput? output);
                if (output is not null)
                    yield return output;
                if (isEmpty || Stopwatch.GetElapsedTime(askedAt) >= ExitPeriod)
                {
                    // Where exit() found the buffer full. What is still in it is taken at the end.
                    if (IsExitAsked())
                        break;
                    askedAt = Stopwatch.GetTimestamp();
                }
                if (isEmpty)
                    _events.Wait(left);
            }
            Waiting?.Invoke();
        }
        foreach (BpfTraceOutput output in End())
            yield return output;
    }

    /// <summary>The entries of a map now.</summary>
    /// <param name="name">With its sign: <c>@x</c>.</param>
    /// <exception cref="KeyNotFoundException">The script has no such map.</exception>
    public BpfTraceMapEntry[] ReadMap(string name) => _readers[name].Read().Entries;

    /// <summary>The names of the script's maps, with their sign.</summary>
    public IReadOnlyList<string> MapNames => _readers.Keys.ToArray();

    /// <summary>What was lost until now.</summary>
    /// <exception cref="KernelException">The counters can not be read.</exception>
    public BpfTraceSummary Summary()
    {
        byte[] value = _running.Counters();
        ScriptPlan plan = _running.Script.Plan;
        var entries = new Dictionary<string, long>(StringComparer.Ordinal);
        for (int i = 0; i < plan.Maps.Count; i++)
        {
            if (BitConverter.ToInt64(value, ScriptMemory.MapLost(i)) is > 0 and var lost)
                entries.Add(plan.Maps[i].Name, lost);
        }
        // What a benchmark prints nobody wants.
        long events = _request.Mode == BpfTraceMode.Benchmark ? 0 : BitConverter.ToInt64(value, ScriptMemory.EventsLost);
        return new BpfTraceSummary(events + (_packets?.Lost ?? 0), BitConverter.ToInt64(value, ScriptMemory.StacksLost),
            _actions.Damaged + (_packets?.Damaged ?? 0), entries) { Loops = BitConverter.ToInt64(value, ScriptMemory.LoopsCut) };
    }

    /// <summary>Ends the reading, as soon as what has come is given; from any thread.</summary>
    public void Stop()
    {
        lock (_guard)
        {
            if (_isDisposed)
                return;
            _stopped.Set();
            _events?.Stop();
        }
    }

    public void Dispose()
    {
        lock (_guard)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
        }
        _process?.Dispose();
        _signals?.Dispose();
        _abort.Cancel();
        _iteration?.Dispose();
        _packets?.Dispose();
        _events?.Dispose();
        _running.Dispose();
        _stopped.Dispose();
        _abort.Dispose();
    }

    private static CompiledScript Compile(BpfTraceRequest request, Action<string>? verbose)
    {
        ReadScript script = ScriptReader.Read(request.Script, new ScriptOptions
        {
            Parameters = request.Parameters,
            NamedParameters = request.NamedParameters,
            HasProcess = request.ProcessId >= 0,
            Directory = request.Directory,
            Environment = request.Environment ?? BpfTraceRequest.OwnEnvironment(),
            Settings = new ScriptSettings { IsUnsafeAllowed = request.AllowsUnsafe, WarnsOfReads = request.WarnsOfReads, ChildProcessId = request.Command.Count > 0 ? request.ProcessId : 0 },
        });
        var types = new RecordTypes(script.Tree);
        using var probes = new ProbeTypes(types);
        var resolver = new ProbeResolver(probes, new ProbeOptions { ProcessId = request.ProcessId, Directory = request.WorkingDirectory, IsOneByOne = request.IsOneByOne, Verbose = verbose }, SystemPaths.Default);
        return CompiledScript.Compile(script, types, resolver, request.Mode);
    }

    private bool IsExitAsked()
    {
        byte[] value = _running.Counters();
        if (BitConverter.ToInt64(value, ScriptMemory.ExitAsked) == 0)
            return false;
        ExitStatus = (int)BitConverter.ToInt64(value, ScriptMemory.ExitStatus);
        return true;
    }

    // The next of what has come, which may be nothing to see; after exit() nothing is.
    private bool TryTake(out BpfTraceOutput? output)
    {
        output = null;
        if (_events is null || !_events.TryRead(out BpfBufferRecord record))
            return false;
        if (!_hasExited)
            output = Do(record.Data);
        return true;
    }

    private BpfTraceOutput? Do(ReadOnlySpan<byte> record)
    {
        switch (_actions.Do(record))
        {
            case ExitOutput exit:
                ExitStatus = exit.Status;
                _hasExited = true;
                return null;
            case PrintOutput { Print: var print }:
                return new BpfTraceOutput(() => print.Text, () => [print]);
            case MapOutput map:
                return new BpfTraceOutput(() => map.Text, () => map.Content.Entries);
            case MessageOutput message:
                return new BpfTraceOutput(() => "", static () => [], message.Message);
            default:
                return null;
        }
    }

    // All that has come until now.
    private IEnumerable<BpfTraceOutput> Taken()
    {
        while (TryTake(out BpfTraceOutput? output))
        {
            if (output is not null)
                yield return output;
        }
    }

    private IEnumerable<BpfTraceOutput> Trials()
    {
        _hasExited = false;
        ExitStatus = 0;
        var trials = new ScriptTrials(_running.Programs, TakeTrial, _abort.Token);
        return _request.Mode == BpfTraceMode.Test ? trials.Test() : trials.Measure();
    }

    // One run's; the next starts without an exit().
    private ScriptTrialOutput TakeTrial()
    {
        var text = new StringBuilder();
        var errors = new List<string>();
        foreach (BpfTraceOutput output in Taken())
        {
            text.Append(output.Message is { } message ? $"{message}\n" : output.Text);
            if (output.Message is { Severity: ScriptSeverity.Error } error)
                errors.Add(error.Message);
        }
        var result = new ScriptTrialOutput(text.ToString(), [.. errors], ExitStatus);
        _hasExited = false;
        ExitStatus = 0;
        return result;
    }

    private IEnumerable<BpfTraceOutput> End()
    {
        _signals?.Dispose();
        _abort.Cancel();
        _iteration?.Wait();
        _running.Programs.Detach();
        _packets?.End();
        // What the programs gave before they were taken off. Those of the end need the room, and what they give is not behind an exit() any more.
        foreach (BpfTraceOutput output in Taken())
            yield return output;
        _hasExited = false;
        int status = ExitStatus;
        _running.Programs.Run(ProbeProvider.End, CancellationToken.None);
        foreach (BpfTraceOutput output in Taken())
            yield return output;
        if (status != 0)
            ExitStatus = status;
        if (_request.Mode != BpfTraceMode.Trace || !_running.Script.Plan.Settings.PrintMapsOnExit)
            yield break;
        foreach (ScriptMapReader reader in _readers.Values.OrderBy(static r => r.Map.Name, StringComparer.Ordinal))
        {
            ScriptMapContent content = reader.Read();
            yield return new BpfTraceOutput(() => content.Text, () => content.Entries) { StartsLine = true };
        }
    }
}
