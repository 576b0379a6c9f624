using System.Diagnostics;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Perf;

/// <summary>
/// A measurement: opens the counters of some events for a target, lets them count, and gives the results. Everything it
/// acquires is released when the enumeration ends or is left, and by <see cref="Dispose"/>.
/// </summary>
public sealed class CounterSession : IDisposable
{
    /// <summary>How long a command that is asked to end is waited for; longer would hold up Ctrl-C.</summary>
    private static readonly TimeSpan TerminationGrace = TimeSpan.FromMilliseconds(60);

    private readonly IReadOnlyList<PerfEventGroup> _groups;
    private readonly CounterTarget _target;
    private readonly CounterOptions _options;
    private readonly SystemPaths _paths;

    private CounterSet? _counters;
    private CounterSlots? _slots;
    private GatedProcess? _process;
    private CounterReading[][] _sums = [];
    private long _startedAt;
    private long _lastReadAt;

    /// <param name="groups">What to count, from <see cref="EventCatalogue.Resolve"/>.</param>
    /// <param name="target">Whom to count.</param>
    /// <param name="options">How and how long.</param>
    /// <param name="paths">procfs and sysfs; null for the machine's own.</param>
    public CounterSession(IReadOnlyList<PerfEventGroup> groups, CounterTarget target, CounterOptions options, SystemPaths? paths = null)
    {
        _groups = groups;
        _target = target;
        _options = options;
        _paths = paths ?? SystemPaths.Default;
    }

    /// <summary>Hears of each kernel operation worth telling.</summary>
    public Action<string>? Verbose { get; init; }

    public Action<string>? Warning { get; init; }

    /// <summary>Called about once a second on the measuring thread while it waits, and after each of several runs.</summary>
    public Action? Tick { get; set; }

    /// <summary>How many of several runs have ended.</summary>
    public int RunsDone { get; private set; }

    /// <summary>Hears of events and targets that stay out while the rest is counted.</summary>
    public Action<CounterProblem>? Problem { get; init; }

    /// <summary>
    /// Counts. The enumeration ends with the command, the processes or the duration, or after
    /// <paramref name="stop"/>, when what was counted until then still comes.
    /// </summary>
    /// <exception cref="CommandException">The command can not be started.</exception>
    /// <exception cref="NothingCountableException">No event could be opened; the results (all NotSupported) came before, the command did not start.</exception>
    /// <exception cref="KernelException">Descriptors or memory ran out.</exception>
    /// <exception cref="OperationCanceledException">It was stopped before all events were open: nothing has been counted.</exception>
    public IEnumerable<PerfCounter> Measure(CancellationToken stop)
    {
        if (_options.Repeat > 1)
            return MeasureRepeatedly(stop);
        return MeasureOnce(stop);
    }

    /// <summary>Opens and starts counters of the calling thread. <see cref="End"/> must be called on it too.</summary>
    public IReadOnlyList<PerfCounter> Begin()
    {
        IReadOnlyList<PerfCounter> unsupported = Open(childId: null, enableOnExec: false);
        Start();
        _counters!.Enable();
        return unsupported;
    }

    /// <summary>Stops what <see cref="Begin"/> started and gives the results.</summary>
    public IReadOnlyList<PerfCounter> End()
    {
        _counters!.Disable();
        try
        {
            return Read(isLast: true, null);
        }
        finally
        {
            Release();
        }
    }

    public void Dispose() => Release();

    private bool HasTools => _counters!.Events.Any(static e => e.IsTool);

    private IEnumerable<PerfCounter> MeasureRepeatedly(CancellationToken stop)
    {
        var runs = new CounterRuns();
        while (runs.Count < _options.Repeat && !stop.IsCancellationRequested)
        {
            runs.Add([.. MeasureOnce(stop)]);
            RunsDone = runs.Count;
            Verbose?.Invoke($"Run {runs.Count} of {_options.Repeat} has ended.");
            Tick?.Invoke();
        }
        return runs.Summarise();
    }

    private IEnumerable<PerfCounter> MeasureOnce(CancellationToken stop)
    {
        try
        {
            var command = _target as CounterTarget.Command;
            if (command is not null)
            {
                string path = CommandPath.Find(command.Name, command.WorkingDirectory);
                _process = GatedProcess.Start(path, [command.Name, .. command.Arguments], command.WorkingDirectory);
                Verbose?.Invoke($"Started process {_process.ProcessId} ({path}); it waits until its counters are open.");
            }
            bool delayed = _options.Delay > TimeSpan.Zero;
            IReadOnlyList<PerfCounter> unsupported = Open(_process?.ProcessId, enableOnExec: command is not null && !delayed, stop);
            if (_slots!.Slots.Count == 0)
                yield break; // each target that is not there has been told of
            if (_counters!.Events.All(static e => e.IsFaulty))
                yield break; // so has each event
            if (!_counters.IsAnyOpen && !HasTools)
            {
                foreach (PerfCounter counter in unsupported)
                    yield return counter;
                throw NothingCountable();
            }
            using TerminalMode? terminal = command is null ? null : TerminalMode.ForChild();
            Start();
            if (command is not null && !delayed)
                _counters.EnableUncore();
            ReleaseCommand();
            using var waiter = new TargetWaiter(_process, _slots!.Processes, stop) { Tick = Tick };
            bool goesOn = true;
            if (delayed)
                goesOn = waiter.WaitUntil(After(_startedAt, _options.Delay)) == TargetWaiter.Outcome.TimeReached;
            if (command is null || delayed)
                _counters.Enable();

            long begin = Stopwatch.GetTimestamp();
            long? end = _options.Duration is { } duration ? After(begin, duration) : null;
            for (int interval = 1; goesOn; interval++)
            {
                long? next = _options.Interval is { } length ? After(begin, length * interval) : null;
                goesOn = waiter.WaitUntil(Earlier(next, end)) == TargetWaiter.Outcome.TimeReached && !(end <= Stopwatch.GetTimestamp());
                if (!goesOn)
                    break;
                foreach (PerfCounter counter in Read(isLast: false, null))
                    yield return counter;
            }
            _counters.Disable();
            ProcessExit? exit = EndCommand();
            foreach (PerfCounter counter in Read(isLast: true, exit))
                yield return counter;
        }
        finally
        {
            Release();
        }
    }

    private void ReleaseCommand()
    {
        if (_process is null)
            return;
        try
        {
            _process.Release();
            _startedAt = _lastReadAt = _process.ReleasedAt;
        }
        catch (KernelException e)
        {
            throw CommandException.NotExecutable(((CounterTarget.Command)_target).Name, e.Errno);
        }
    }

    private ProcessExit? EndCommand()
    {
        if (_process is null)
            return null;
        if (!_process.WaitForExit(TimeSpan.Zero))
        {
            // The duration is over, or the user stopped the measurement: the command ends with it, as perf stat --timeout does.
            _process.Terminate();
            if (!_process.WaitForExit(TerminationGrace))
            {
                Warning?.Invoke($"Process {_process.ProcessId} was asked to end (SIGTERM) and has not yet, so it will be killed; its exit status is not known.");
                return null;
            }
        }
        return _process.WaitForExit();
    }

    private IReadOnlyList<PerfCounter> Open(int? childId, bool enableOnExec, CancellationToken stop = default)
    {
        Start();
        _counters = new CounterSet(_groups, _paths, Problem) { Verbose = Verbose };
        _slots = CounterSlots.Create(_target, childId, _options.Aggregation, _paths, Problem);
        int gone = 0;
        foreach (CounterSlot slot in _slots.Slots)
        {
            if (!_counters.Open(slot, _options.Inherit, enableOnExec, stop))
                gone++;
        }
        if (gone > 0)
        {
            // A child that is gone before it was let go failed to reach its exec: its error says why.
            ReleaseCommand();
            foreach (int id in _slots.Processes.Where(id => ProcessFacts.ThreadsOf(_paths, id).Count == 0))
                Problem?.Invoke(new CounterProblem("ProcessNotFound", id, new KernelTargetGoneException(Errno.ESRCH, "perf_event_open", $"process {id}", "It ended before it could be counted.")));
        }
        if (_counters.Restricted.Count > 0)
        {
            Warning?.Invoke($"Counted in user space only: {string.Join(", ", _counters.Restricted)}. kernel.perf_event_paranoid is "
                + $"{Sysctl.PerfEventParanoid(_paths)}: run as root or with CAP_PERFMON, or set it to 1, to count the kernel too.");
        }
        Verbose?.Invoke($"Opened {_counters.Events.Count(static e => e.IsOpen)} of {_counters.Events.Count} events at {_slots.Slots.Count - gone} places.");
        _sums = new CounterReading[_slots.Rows.Count][];
        for (int row = 0; row < _sums.Length; row++)
            _sums[row] = new CounterReading[_counters.Events.Count];
        return _counters.IsAnyOpen || HasTools ? [] : Read(isLast: true, null);
    }

    /// <summary>Says why there is nothing to count.</summary>
    public NothingCountableException NothingCountable()
    {
        bool allRefused = _counters!.Events.All(static e => e.Refusal != Errno.None);
        string hint = allRefused && !File.Exists(Path.Combine(_paths.EventSources, "cpu/type")) && _counters.Events.Any(static e => e.Source.Kind is PerfEventKind.Hardware or PerfEventKind.HardwareCache or PerfEventKind.Raw)
            ? " This machine shows no hardware PMU (a virtual machine without one, perhaps); software events and tracepoints can be counted: Get-PerfEvent -Kind Software, Tracepoint."
            : "";
        return new NothingCountableException($"None of the events can be counted here: {string.Join(", ", _counters.Events.Select(static e => e.Name))}.{hint}");
    }

    private void Start() => _startedAt = _lastReadAt = Stopwatch.GetTimestamp();

    private List<PerfCounter> Read(bool isLast, ProcessExit? exit)
    {
        // A command's time is its own, from the opened gate to its end: what this process does around it does not count.
        // It may have ended just before the last interval did, and been seen to end just after.
        long now = exit is not null && _process is { EndedAt: > 0 and var ended } ? Math.Max(ended, _lastReadAt) : Stopwatch.GetTimestamp();
        foreach (CounterReading[] row in _sums)
            Array.Clear(row);
        _counters!.ReadInto(_sums, CounterResults.ScalesEachPlace(_options));
        var moment = new CounterMoment(DateTimeOffset.Now, Stopwatch.GetElapsedTime(_startedAt, now), Stopwatch.GetElapsedTime(_lastReadAt, now), isLast, exit);
        _lastReadAt = now;
        return CounterResults.Build(_counters.Events, _slots!.Rows, _sums, _target, _options, moment);
    }

    private void Release()
    {
        // A command still at its gate ends before its counters close: it must never run uncounted.
        _process?.Dispose();
        _process = null;
        _counters?.Dispose();
        _slots?.Dispose();
    }

    private static long After(long timestamp, TimeSpan time) => timestamp + (long)(time.TotalSeconds * Stopwatch.Frequency);

    private static long? Earlier(long? a, long? b) => a is null ? b : b is null ? a : Math.Min(a.Value, b.Value);
}
