namespace PerfTrace.Interop;

/// <summary>Tells of the end of a process that is none of ours, from a thread of its own that sleeps in the kernel meanwhile.</summary>
internal sealed class ProcessWatch : IDisposable
{
    private const long Ended = 1, Dropped = 2;

    private readonly FileDescriptor _process;
    private readonly EventSignal _drop = new();
    private readonly Epoll _epoll = new();
    private readonly Action _ended;
    private readonly Thread _thread;

    private ProcessWatch(FileDescriptor process, Action ended)
    {
        (_process, _ended) = (process, ended);
        _epoll.Add(_process, Ended);
        _epoll.Add(_drop.Descriptor, Dropped);
        _thread = new Thread(Wait, 256 << 10) { IsBackground = true, Name = "end of a process" };
        _thread.Start();
    }

    /// <summary>Begins to watch.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="ended">Called once when it has ended, on another thread; not after <see cref="Dispose"/>.</param>
    /// <exception cref="KernelTargetGoneException">There is no such process.</exception>
    /// <exception cref="KernelException">No descriptors.</exception>
    public static ProcessWatch Start(int processId, Action ended)
    {
        FileDescriptor process = SystemCalls.PidfdOpen(processId);
        try
        {
            return new ProcessWatch(process, ended);
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _drop.Set();
        _thread.Join();
        _epoll.Dispose();
        _drop.Dispose();
        _process.Dispose();
    }

    private void Wait()
    {
        Span<long> tokens = stackalloc long[2];
        while (true)
        {
            // None: a signal interrupted the wait.
            ReadOnlySpan<long> ready = tokens[.._epoll.Wait(tokens, null)];
            if (ready.Contains(Dropped))
                return;
            if (ready.Contains(Ended))
            {
                _ended();
                return;
            }
        }
    }
}
