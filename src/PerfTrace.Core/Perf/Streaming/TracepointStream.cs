using System.Diagnostics;
using PerfTrace.Events;
using PerfTrace.Events.Printing;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Perf;

/// <summary>
/// Live events of tracepoints through perf's ring buffers, as objects in the order of their times. It changes nothing in the
/// kernel that others see, and the kernel forgets it with the process.
/// </summary>
/// <remarks>
/// The caller's thread reads the rings and decodes in place: there is no queue between the kernel and the caller, so a slow caller makes the rings
/// fill, and what finds no room then is lost and counted.
/// </remarks>
public sealed class TracepointStream : IDisposable
{
    /// <summary>
    /// A record may be written a little after its time was taken, while another CPU has gone on. So long records are held back
    /// before they are merged.
    /// </summary>
    private const ulong MergeDelay = 1_000_000;

    // A ring that is a quarter full is read at once; fewer events may wait so long, which nobody notices. At 20 ms, waking up was most of what a watch
    // costs whose filter lets little through.
    private static readonly TimeSpan PollPeriod = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan TerminationGrace = TimeSpan.FromMilliseconds(60);

    private readonly TracepointStreamOptions _options;
    private readonly CounterTarget _target;
    private readonly SystemPaths _paths;
    private readonly TracepointRings _rings;
    private readonly SampleDecoder _decoder;
    private readonly GatedProcess? _process;
    private readonly CounterSlots _slots;
    private readonly TargetWaiter _waiter;
    private readonly CancellationTokenSource _stop;
    private long _startedAt = Stopwatch.GetTimestamp();
    private long? _endsAt;
    private TimeSpan? _elapsed;
    private ulong _horizon;
    private bool _isRunning;
    private bool _isEnding;
    private bool _hasMore;
    private bool _isDisposed;

    private TracepointStream(IReadOnlyList<TracepointRequest> requests, CounterTarget target, TracepointStreamOptions options, SystemPaths paths,
        Action<string>? verbose, Action<CounterProblem>? problem, CancellationToken stop)
    {
        _options = options;
        _target = target;
        _paths = paths;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            if (target is CounterTarget.Command command)
            {
                string path = CommandPath.Find(command.Name, command.WorkingDirectory);
                _process = GatedProcess.Start(path, [command.Name, .. command.Arguments], command.WorkingDirectory);
                verbose?.Invoke($"Started process {_process.ProcessId} ({path}); it waits until its events are watched.");
            }
            _slots = CounterSlots.Create(target, _process?.ProcessId, CounterAggregation.Cpu, paths, problem);
            IReadOnlyList<StreamedEvent> events = SystemCallHook.Plan(requests, paths, verbose);
            _rings = TracepointRings.Open(events, _slots.Slots, options, enableOnExec: _process is not null, paths, verbose, problem, _stop.Token);
            _decoder = new SampleDecoder(events, new EventOrigin(null, KernelClock.WallClockOffset(), PrintEnvironment.Current), options.CallStack, paths)
            {
                Lost = _rings.AddLost,
            };
            _waiter = new TargetWaiter(_process, _slots.Processes, _stop.Token, _rings.Owners);
        }
        catch
        {
            _waiter?.Dispose();
            _rings?.Dispose();
            _slots?.Dispose();
            _process?.Dispose();
            _stop.Dispose();
            throw;
        }
    }

    /// <summary>What has come so far; complete once <see cref="Fill"/> has returned its last.</summary>
    public TracepointStreamSummary Summary => new(
        _decoder.Events, _rings.LostPerCpu.Values.Sum(), CpuLoss.Of(_rings.LostPerCpu), _decoder.OutOfOrder, _decoder.Undecodable + _rings.Broken,
        _elapsed ?? Stopwatch.GetElapsedTime(_startedAt), _rings.BufferSize);

    /// <summary>At least one event could be opened.</summary>
    public bool IsWatching => _rings.IsAnyOpen;

    /// <summary>Events that found no room so far.</summary>
    public long Lost => _rings.LostPerCpu.Values.Sum();

    /// <summary>How the command ended; null without one and before.</summary>
    public ProcessExit? CommandExit { get; private set; }

    /// <summary>The process of the command; null without one.</summary>
    public int? CommandId => _process?.ProcessId;

    /// <summary>Opens the events, which are not recorded until <see cref="Start"/> or the first <see cref="Fill"/>.</summary>
    /// <param name="requests">What to watch.</param>
    /// <param name="target">Whom.</param>
    /// <param name="options">How.</param>
    /// <param name="verbose">Hears of each kernel operation worth telling.</param>
    /// <param name="problem">Hears of events and targets that stay out while the rest is watched.</param>
    /// <param name="paths">procfs and sysfs; null for the machine's own.</param>
    /// <param name="stop">Ends the stream; what is in the rings still comes.</param>
    /// <exception cref="CommandException">The command can not be started.</exception>
    /// <exception cref="KernelException">Descriptors or memory ran out, or nothing could be opened.</exception>
    /// <exception cref="OperationCanceledException">It was stopped before all were open.</exception>
    public static TracepointStream Open(IReadOnlyList<TracepointRequest> requests, CounterTarget target, TracepointStreamOptions options,
        Action<string>? verbose = null, Action<CounterProblem>? problem = null, SystemPaths? paths = null, CancellationToken stop = default) =>
        new(requests, target, options, paths ?? SystemPaths.Default, verbose, problem, stop);

    /// <summary>Called on the reading thread from time to time while nothing comes.</summary>
    public Action? Waiting { get; set; }

    /// <summary>
    /// Puts the next events into <paramref name="batch"/>, waiting for the first. Returns how many; 0 when the stream has ended.
    /// </summary>
    /// <exception cref="CommandException">The command can not be started.</exception>
    public int Fill(Span<TraceEvent> batch)
    {
        Start();
        while (true)
        {
            int count = Take(batch);
            if (count > 0)
                return count;
            if (_hasMore)
                Refresh(); // a full ring is not waited for
            else if (_isEnding)
                return 0;
            else if (WaitForMore())
                Refresh();
            else
                End();
        }
    }

    /// <summary>Ends the stream at once: what is still in the rings is not wanted any more. Its losses are counted.</summary>
    public void Finish()
    {
        if (!_isEnding)
            End();
    }

    /// <summary>Ends the stream, from any thread; the next calls of <see cref="Fill"/> give what is still there.</summary>
    public void Stop()
    {
        lock (_rings)
        {
            if (!_isDisposed)
                _stop.Cancel();
        }
    }

    public void Dispose()
    {
        // Another thread may be about to stop it.
        lock (_rings)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
        }
        _process?.Dispose();
        _rings.Dispose();
        _waiter.Dispose();
        _slots.Dispose();
        _stop.Dispose();
    }

    /// <summary>Begins to record, or lets the command go: what happens from here on is in the stream. The first <see cref="Fill"/> does it otherwise.</summary>
    /// <exception cref="CommandException">The command can not be run.</exception>
    public void Start()
    {
        if (_isRunning)
            return;
        _isRunning = true;
        if (_process is null)
        {
            // From here on changes come as records; what was there before is asked for, as nobody can ask of a thread that has ended.
            _rings.EnableReports();
            _decoder.Learn(Watched().TakeWhile(_ => !_stop.IsCancellationRequested));
            _rings.Enable();
        }
        else
        {
            Release(_process);
        }
        _startedAt = Stopwatch.GetTimestamp();
        if (_options.Duration is { } duration)
            _endsAt = _startedAt + (long)(duration.TotalSeconds * Stopwatch.Frequency);
    }

    private void Release(GatedProcess process)
    {
        try
        {
            process.Release();
        }
        catch (KernelException e)
        {
            throw CommandException.NotExecutable(((CounterTarget.Command)_target).Name, e.Errno);
        }
    }

    private IEnumerable<(int ProcessId, IReadOnlyList<int> Threads)> Watched() => _target switch
    {
        CounterTarget.Processes processes => processes.Ids.Select(p => (p, ProcessFacts.ThreadsOf(_paths, p))),
        CounterTarget.Threads threads => threads.Ids.Select(t => (ProcessFacts.ProcessOf(_paths, t) ?? t, (IReadOnlyList<int>)[t])),
        _ => ProcessFacts.All(_paths).Select(p => (p, ProcessFacts.ThreadsOf(_paths, p))),
    };

    private int Take(Span<TraceEvent> batch)
    {
        int count = 0;
        while (count < batch.Length && _rings.TryTake(_horizon, out PerfRing? ring, out RecordIndex.Entry entry))
        {
            if (_decoder.Decode(ring, entry) is { } e)
                batch[count++] = e;
        }
        _rings.Release();
        return count;
    }

    // False when the stream is to end.
    private bool WaitForMore()
    {
        long poll = Stopwatch.GetTimestamp() + (long)(PollPeriod.TotalSeconds * Stopwatch.Frequency);
        TargetWaiter.Outcome outcome = _waiter.WaitUntil(_endsAt is { } end ? Math.Min(end, poll) : poll);
        Waiting?.Invoke();
        return outcome is TargetWaiter.Outcome.TimeReached or TargetWaiter.Outcome.Ready && !(Stopwatch.GetTimestamp() >= _endsAt);
    }

    private void Refresh()
    {
        if (_options.Overwrite)
            return;
        ulong end = _isEnding ? ulong.MaxValue - 1 : (ulong)KernelClock.MonotonicNanoseconds - MergeDelay;
        ulong limit = _rings.Refresh();
        _hasMore = limit < end;
        _horizon = Math.Min(limit, end);
    }

    private void End()
    {
        _rings.Disable();
        _elapsed = Stopwatch.GetElapsedTime(_startedAt);
        if (_process is not null)
        {
            if (!_process.WaitForExit(TimeSpan.Zero))
                _process.Terminate();
            CommandExit = _process.WaitForExit(TerminationGrace) ? _process.WaitForExit() : null;
        }
        _rings.CountLost();
        _isEnding = true;
        _horizon = ulong.MaxValue - 1;
        if (_options.Overwrite)
            _rings.RefreshOverwritten();
        else
            Refresh();
    }
}
