namespace PerfTrace.Interop;

/// <summary>Closes descriptors whose close(2) takes long, one after the other, on a thread that is there as long as any are left. The process's end closes what is left then.</summary>
internal static class BackgroundClose
{
    private static readonly Queue<nint> Waiting = new();
    private static readonly Lock Guard = new();
    private static bool isRunning;

    public static void Add(nint descriptor)
    {
        lock (Guard)
        {
            Waiting.Enqueue(descriptor);
            if (isRunning)
                return;
            isRunning = true;
        }
        new Thread(Run) { IsBackground = true, Name = "PerfTrace close" }.Start();
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
                    isRunning = false;
                    return;
                }
            }
            // The number is free again whatever close(2) says (close(2), NOTES).
            _ = NativeMethods.Close(next);
        }
    }
}
