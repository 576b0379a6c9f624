using System.Diagnostics;
using PerfTrace.Interop;

namespace PerfTrace.Bpf;

/// <summary>Takes the records out of a buffer that BPF programs write. For one thread; <see cref="Stop"/> may come from any.</summary>
public abstract class BpfBufferReader : IDisposable
{
    // A token of epoll; those of buffers are from 0 on.
    private const long StopToken = -1;

    private readonly Epoll _epoll = new();
    private readonly EventSignal _stop = new();
    private readonly Lock _guard = new();
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private TimeSpan? _elapsed;
    private bool _isStopped, _isDisposed;

    private protected BpfBufferReader() => _epoll.Add(_stop.Descriptor, StopToken);

    /// <summary>What came so far, and what was lost.</summary>
    public abstract BpfBufferSummary Summary { get; }

    /// <summary>Somebody has asked for the end.</summary>
    public bool IsStopped => Volatile.Read(ref _isStopped);

    private protected TimeSpan Elapsed => _elapsed ?? Stopwatch.GetElapsedTime(_startedAt);

    /// <summary>The next record; the one before it is given back to the kernel. False: there is none now.</summary>
    public abstract bool TryRead(out BpfBufferRecord record);

    /// <summary>Waits until there is something to read, the time is over or the reader is stopped. True: there may be something to read.</summary>
    /// <param name="timeout">How long; null: without end.</param>
    public bool Wait(TimeSpan? timeout)
    {
        Span<long> tokens = stackalloc long[8];
        int ready = IsStopped ? 0 : _epoll.Wait(tokens, timeout);
        return tokens[..ready].ContainsAnyExcept(StopToken);
    }

    /// <summary>Ends a wait, and the reading; from any thread.</summary>
    public void Stop()
    {
        lock (_guard)
        {
            if (_isDisposed)
                return;
            Volatile.Write(ref _isStopped, true);
            _stop.Set();
        }
    }

    /// <summary>Ends the time that <see cref="Summary"/> tells, and looks for losses that had no record.</summary>
    public virtual void Finish() => _elapsed ??= Stopwatch.GetElapsedTime(_startedAt);

    public void Dispose()
    {
        lock (_guard)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
        }
        Dispose(disposing: true);
        _epoll.Dispose();
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected void Watch(FileDescriptor descriptor, long token, bool onChange = false) => _epoll.Add(descriptor, token, onChange);

    protected virtual void Dispose(bool disposing)
    {
    }
}
