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
        bool CloseOne()
        {
            int i = Interlocked.Increment(ref next);
            if (i >= descriptors.Count)
                return false;
            descriptors[i].Dispose();
            return true;
        }
        void CloseSome()
        {
            while (CloseOne())
            {
                // The next.
            }
        }
        // Threads of their own: those of the pool are added one by one when they block. Where no thread can be had, there may be one when something is closed.
        int most = Math.Min(MostThreads, descriptors.Count);
        var threads = new List<Thread>(most);
        while (threads.Count < most)
        {
            if (ClosingThread.TryStart(CloseSome, out Thread? thread))
                threads.Add(thread);
            else if (!CloseOne())
                break;
        }
        threads.ForEach(static t => t.Join());
    }
}
