using PerfTrace.Events;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Support;

/// <summary>What tests of readers of trace buffers share.</summary>
internal static class TraceReading
{
    /// <summary>Takes all out of the buffer.</summary>
    public static (List<TraceRecord> Records, TracePipeSummary Summary) Drain(TracingDirectory directory, TracePipeOptions? options = null)
    {
        using TracePipe pipe = TracePipe.Open(directory, (options ?? new TracePipeOptions()) with { Duration = TimeSpan.Zero });
        var records = new List<TraceRecord>();
        var batch = new TraceRecord[64];
        while (pipe.Fill(batch) is > 0 and var count)
            records.AddRange(batch.AsSpan(0, count));
        return (records, pipe.Summary);
    }

    public static void Mark(TracingDirectory directory, params string[] texts)
    {
        using var writer = new TraceMarkerWriter(directory);
        foreach (string text in texts)
            writer.Write(text);
    }

    public static void Enable(TracingDirectory directory, params string[] events)
    {
        foreach (string name in events)
            directory.WriteText($"events/{name.Replace(':', '/')}/enable", "1");
    }

    /// <summary>Something for the scheduler, system calls and timers to do.</summary>
    public static void Work(int rounds = 50)
    {
        for (int i = 0; i < rounds; i++)
        {
            var thread = new Thread(static () => File.ReadAllText("/proc/self/stat"));
            thread.Start();
            thread.Join();
            Thread.Sleep(1);
        }
    }
}
