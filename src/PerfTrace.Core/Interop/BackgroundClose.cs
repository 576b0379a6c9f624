using System.Diagnostics;

namespace PerfTrace.Interop;

/// <summary>
/// Closes descriptors whose close(2) takes long, behind whoever gave them away: the last event of a tracepoint waits for a grace period of RCU, 40 ms or so each (perf_trace_event_unreg in
/// kernel/trace/trace_event_perf.c). The process's end closes what is left then.
/// </summary>
/// <remarks>
/// One thread for all of them. Half of each close holds event_mutex (kernel/trace/trace_events.c), which everybody needs who opens an event or reads a format: with one, they find it free in
/// the other half; with four, the 370 of sys_enter_* were closed in half the time, and the next user of all of them took 2 to 12 s instead of 0.4 to 0.9.
/// </remarks>
internal static class BackgroundClose
{
    // A descriptor that is closed at once is one of several, or a program is being started and has inherited it: that program would wait for the kernel in its execve(2), for each that is closed
    // here before it gets there. So it is given the time.
    private const int MostAtOnce = 8;
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(1), Pause = TimeSpan.FromMilliseconds(10);

    private static readonly Queue<int> Waiting = new();
    private static readonly Lock Guard = new();
    private static bool isRunning;

    /// <summary>Some of what was given away is still being closed: the kernel may call a probe busy that nobody uses any more.</summary>
    public static bool IsBusy
    {
        get
        {
            lock (Guard)
                return isRunning;
        }
    }

    /// <summary>
    /// The numbers that are still to be closed. A process that is started closes its own references to them first: it would otherwise keep them, closing them here would cost nothing any
    /// more, and it would wait for the kernel itself, in its execve(2).
    /// </summary>
    public static int[] Pending
    {
        get
        {
            lock (Guard)
                return [.. Waiting];
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
            Waiting.Enqueue((int)descriptor);
            if (isRunning)
                return;
            isRunning = true;
        }
        // Who gives them away waits for the kernel only where no thread can be had.
        while (!ClosingThread.TryStart(Run, out _) && TryTake(out int next))
            _ = NativeMethods.Close(next);
    }

    // False: none is left, and nobody closes any more.
    private static bool TryTake(out int next)
    {
        lock (Guard)
        {
            isRunning = Waiting.TryDequeue(out next);
            return isRunning;
        }
    }

    private static void Run()
    {
        int atOnce = 0;
        while (TryTake(out int next))
        {
            long start = Stopwatch.GetTimestamp();
            // The number is free again whatever close(2) says (close(2), NOTES).
            _ = NativeMethods.Close(next);
            atOnce = Stopwatch.GetElapsedTime(start) < AtOnce ? atOnce + 1 : 0;
            if (atOnce == MostAtOnce)
            {
                Thread.Sleep(Pause);
                atOnce = 0;
            }
        }
    }
}
