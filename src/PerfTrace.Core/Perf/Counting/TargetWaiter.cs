using System.Diagnostics;
using PerfTrace.Interop;

namespace PerfTrace.Perf;

/// <summary>Waits for a point in time, the end of what is counted, or a request to stop; sleeps in the kernel meanwhile.</summary>
internal sealed class TargetWaiter : IDisposable
{
    private const long StopToken = -1, CommandToken = -2, ReadyToken = -3;

    private static readonly TimeSpan TickPeriod = TimeSpan.FromSeconds(1);

    private readonly Epoll _epoll = new();
    private readonly EventSignal _stop = new();
    private readonly CancellationTokenRegistration _registration;
    private readonly List<FileDescriptor> _processes = [];
    private readonly bool _hasProcesses;
    private long _tickedAt = Stopwatch.GetTimestamp();
    private int _running;

    /// <summary>Called once a second while waiting.</summary>
    public Action? Tick { get; init; }

    public enum Outcome
    {
        TimeReached,
        TargetEnded,
        Stopped,

        /// <summary>One of the descriptors that were given has something to read.</summary>
        Ready,
    }

    /// <param name="command">A command to wait for.</param>
    /// <param name="processes">Processes to wait for.</param>
    /// <param name="stop">Ends the waiting.</param>
    /// <param name="ready">Descriptors that may have something to read.</param>
    /// <param name="onChange">Whoever is told of them reads all that there is. A perf event whose task has ended stays ready for ever.</param>
    public TargetWaiter(GatedProcess? command, IReadOnlyList<int> processes, CancellationToken stop, IEnumerable<FileDescriptor>? ready = null, bool onChange = false)
    {
        _epoll.Add(_stop.Descriptor, StopToken);
        if (command is not null)
            _epoll.Add(command.Ended.Descriptor, CommandToken);
        foreach (FileDescriptor fd in ready ?? [])
            _epoll.Add(fd, ReadyToken, onChange);
        foreach (int id in processes)
        {
            try
            {
                FileDescriptor pidfd = SystemCalls.PidfdOpen(id);
                _epoll.Add(pidfd, _processes.Count);
                _processes.Add(pidfd);
                _running++;
            }
            catch (KernelTargetGoneException)
            {
                // It ended since it was opened: it is not waited for.
            }
        }
        _hasProcesses = processes.Count > 0;
        _registration = stop.Register(static s => ((EventSignal)s!).Set(), _stop);
    }

    /// <summary>Waits until a <see cref="Stopwatch"/> timestamp; null waits for the target or the stop alone.</summary>
    public Outcome WaitUntil(long? deadline)
    {
        Span<long> tokens = stackalloc long[16];
        while (true)
        {
            if (_hasProcesses && _running == 0)
                return Outcome.TargetEnded;
            TimeSpan? timeout = null;
            if (deadline is { } end)
            {
                long left = end - Stopwatch.GetTimestamp();
                if (left <= 0)
                    return Outcome.TimeReached;
                timeout = TimeSpan.FromSeconds((double)left / Stopwatch.Frequency);
            }
            if (Tick is not null && (timeout is null || timeout > TickPeriod))
                timeout = TickPeriod;
            int count = _epoll.Wait(tokens, timeout);
            if (Tick is not null && Stopwatch.GetElapsedTime(_tickedAt) >= TickPeriod)
            {
                _tickedAt = Stopwatch.GetTimestamp();
                Tick();
            }
            bool isReady = false;
            foreach (long token in tokens[..count])
            {
                switch (token)
                {
                    case StopToken:
                        return Outcome.Stopped;
                    case CommandToken:
                        return Outcome.TargetEnded;
                    case ReadyToken:
                        isReady = true;
                        break;
                    default:
                        _epoll.Remove(_processes[(int)token]);
                        _running--;
                        break;
                }
            }
            if (isReady)
                return Outcome.Ready;
        }
    }

    public void Dispose()
    {
        _registration.Dispose();
        foreach (FileDescriptor process in _processes)
            process.Dispose();
        _stop.Dispose();
        _epoll.Dispose();
    }
}
