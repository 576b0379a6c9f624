namespace PerfTrace.Interop;

/// <summary>
/// Closes descriptors whose close(2) takes long, behind whoever gave them away: the last event of a tracepoint waits for a grace period of RCU, 40 ms or so each (perf_trace_event_unreg in
/// kernel/trace/trace_event_perf.c). The process's end closes what is left then.
/// </summary>
internal static class BackgroundClose
{
    // Half of each close waits under a lock of the kernel's, the other half does not: more threads gain nothing.
    private const int MostThreads = 4;

    private static readonly Queue<nint> Waiting = new();
    private static readonly Lock Guard = new();
    private static int running;

    /// <summary>Some of what was given away is still being closed: the kernel may call a probe busy that nobody uses any more.</summary>
    public static bool IsBusy
    {
        get
        {
            lock (Guard)
                return running > 0;
        }
    }

    /// <summary>Takes over descriptors that nobody else uses, and returns at once.</summary>
    public static void Close(IReadOnlyList<FileDescriptor> descriptors)
    {
        foreach (FileDescriptor descriptor in descriptors)
        {
            if (descriptor is { IsInvalid: false, IsClosed: false })
                Add(descriptor.Detach());
        }
    }

    /// <summary>Takes over the number of a descriptor, and returns at once.</summary>
    public static void Add(nint descriptor)
    {
        lock (Guard)
        {
            Waiting.Enqueue(descriptor);
            if (running == MostThreads || running >= Waiting.Count)
                return;
            running++;
        }
        new Thread(Run, 256 * 1024) { IsBackground = true, Name = "PerfTrace close" }.Start();
    }

    private static void Run()
    {
        while (true)
        {
            nint next;
            lock (Guard)
            {
                if (!Waiting.TryDequeue(out next))
                {
                    running--;
                    return;
                }
            }
            // The number is free again whatever close(2) says (close(2), NOTES).
            _ = NativeMethods.Close(next);
        }
    }
}
