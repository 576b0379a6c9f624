namespace PerfTrace.Interop;

/// <summary>
/// Closes links together. Since Linux 6.13 the end of each link at a perf event waits for a grace period of its own (synchronize_rcu_tasks_trace() in perf_event_detach_bpf_prog() of
/// kernel/trace/bpf_trace.c), some 30 ms; those of several threads are the same one.
/// </summary>
internal static class ParallelClose
{
    // Fewer are not worth a thread each.
    private const int Fewest = 4;

    // Two CPUs, Linux 6.18, a script at 71 events from its start to its end: 2,500 ms when one closes them all, 150 ms so.
    private const int MostThreads = 32;

    /// <summary>Closes all of them, and returns when all are closed.</summary>
    public static void Close(IReadOnlyList<FileDescriptor> descriptors)
    {
        if (descriptors.Count < Fewest)
        {
            foreach (FileDescriptor descriptor in descriptors)
                descriptor.Dispose();
            return;
        }
        int next = -1;
        void CloseSome()
        {
            for (int i = Interlocked.Increment(ref next); i < descriptors.Count; i = Interlocked.Increment(ref next))
                descriptors[i].Dispose();
        }
        // Threads of their own: those of the pool are added one by one when they block.
        Thread[] threads = [.. Enumerable.Range(0, Math.Min(MostThreads, descriptors.Count)).Select(_ => new Thread(CloseSome, maxStackSize: 256 << 10) { IsBackground = true, Name = "PerfTrace close" })];
        Array.ForEach(threads, static t => t.Start());
        Array.ForEach(threads, static t => t.Join());
    }
}
