using System.Diagnostics;
using System.Globalization;
using PerfTrace.Events;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Bench;

/// <summary>
/// Floods in ftrace's buffers: how fast what is there is taken out and decoded, beside trace-cmd, and whether both find what the kernel says is in them.
/// </summary>
internal sealed class TraceBufferFlood : IMeasurement
{
    private const int Rounds = 3;
    private const int Enough = 60_000, BufferKilobytes = 32 << 10;

    private static readonly Goal Faster = new(1, "≤ 1 ×");
    private static readonly Goal All = new(0, "0 %");

    public string Name => "pipe";

    public IEnumerable<Row> Run(BenchOptions options)
    {
        foreach (Row row in Measure("raw_syscalls:sys_enter", CallFlood.Command(0, 0.4)))
            yield return row;
        foreach (Row row in Peer.Find("perf") is null
            ? [Row.NotMeasured("taking out sched:sched_switch", "there is no perf to switch with")]
            : Measure("sched:sched_switch", ["perf", "bench", "-f", "simple", "sched", "pipe", "-l", "15000"]))
        {
            yield return row;
        }
    }

    private static IEnumerable<Row> Measure(string name, string[] command)
    {
        Samples objects = new(), texts = new(), peer = new();
        double found = 0, there = 0, peerFound = 0, peerThere = 0;
        bool hasPeer = Peer.Find("trace-cmd") is not null;
        for (int round = 0; round < Rounds; round++)
        {
            foreach (bool withText in (ReadOnlySpan<bool>)[false, true])
            {
                (long entries, long count, double nanoseconds) = Filled(name, command, directory => TakeOut(directory, withText));
                (withText ? texts : objects).Add(nanoseconds / Math.Max(1, count));
                (found, there) = (found + count, there + entries);
            }
            if (!hasPeer)
                continue;
            (long all, long lines, double elapsed) = Filled(name, command, Report);
            peer.Add(elapsed / Math.Max(1, lines));
            (peerFound, peerThere) = (peerFound + lines, peerThere + all);
        }
        yield return Row.Same($"{name} taken out, of those that the kernel says are there", found, there, "", All);
        if (!hasPeer)
        {
            yield return Row.Information($"taking out a {name}", Figures.Text(objects.Median, "ns"), "");
            yield return Row.Information($"taking out a {name}, with its text", Figures.Text(texts.Median, "ns"), "");
            yield break;
        }
        yield return Row.Same("the same by trace-cmd report", peerFound, peerThere, "", All);
        yield return Row.Relative($"taking out a {name} (trace-cmd report of its file)", objects.Median, peer.Median, "ns", Faster);
        yield return Row.Relative($"taking out a {name}, with its text", texts.Median, peer.Median, "ns", null);
        yield return Row.Information("that are in a second", $"{1e9 / objects.Median:0}", $"{1e9 / peer.Median:0}");
    }

    // An instance with the flood in it, recording no more; what the kernel counts in it, what is found there, and in how many nanoseconds.
    private static (long There, long Found, double Nanoseconds) Filled(string name, string[] command, Func<TracingDirectory, (long Found, double Nanoseconds)> take)
    {
        string instance = TraceOwner.Current.NameOf("bench");
        TraceInstances.Create(SystemPaths.Default, instance);
        using OwnedTraceResource owned = TraceSession.Current.Own($"instance {instance}", () => Remove(instance));
        TracingDirectory directory = TracingDirectory.Open(SystemPaths.Default, instance);
        Write(directory, "buffer_size_kb", BufferKilobytes.ToString(CultureInfo.InvariantCulture));
        Write(directory, $"events/{name.Replace(':', '/')}/enable", "1");
        // An emulated processor needs several turns for what another does in one.
        for (int turn = 0; turn < 20 && Entries(directory) < Enough; turn++)
            Peer.Time(command[0], command[1..]);
        Write(directory, "tracing_on", "0");
        long there = Entries(directory);
        (long found, double nanoseconds) = take(directory);
        return (there, found, nanoseconds);
    }

    // Whoever lists all instances has their files open for a moment.
    private static void Remove(string instance)
    {
        for (int tries = 0; ; tries++)
        {
            try
            {
                TraceInstances.RemoveIfThere(SystemPaths.Default, instance);
                return;
            }
            catch (KernelResourceException) when (tries < 50)
            {
                Thread.Sleep(20);
            }
        }
    }

    private static void Write(TracingDirectory directory, string file, string text) => File.WriteAllText(Path.Combine(directory.Path, file), text);

    private static long Entries(TracingDirectory directory) => TraceBuffers.Statistics(directory).Sum(static s => s.Entries);

    private static (long Found, double Nanoseconds) TakeOut(TracingDirectory directory, bool withText)
    {
        long begin = Stopwatch.GetTimestamp();
        using TracePipe pipe = TracePipe.Open(directory, new TracePipeOptions { Duration = TimeSpan.Zero });
        var batch = new TraceRecord[256];
        long count = 0, characters = 0;
        while (pipe.Fill(batch) is > 0 and var more)
        {
            count += more;
            for (int i = 0; withText && i < more; i++)
                characters += batch[i].Message.Length;
        }
        return (withText && characters == 0 ? 0 : count, Stopwatch.GetElapsedTime(begin).TotalNanoseconds);
    }

    // Only the reading of its file is timed: extracting ends with seconds of waiting until the instance, which it removes, is gone.
    private static (long Found, double Nanoseconds) Report(TracingDirectory directory)
    {
        string file = Path.Combine(Path.GetTempPath(), $"perftrace-bench-{Environment.ProcessId}.dat");
        try
        {
            Peer.Capture("trace-cmd", ["extract", "-B", directory.Instance!, "-o", file]);
            long begin = Stopwatch.GetTimestamp();
            using Process report = Process.Start("/bin/sh", ["-c", "trace-cmd report -i \"$0\" 2>/dev/null > \"$0.txt\"", file]);
            report.WaitForExit();
            double elapsed = Stopwatch.GetElapsedTime(begin).TotalNanoseconds;
            // "cpus=2", and a line for each CPU that had nothing.
            return (File.ReadLines($"{file}.txt").Count(static l => l.Contains("] ", StringComparison.Ordinal)), elapsed);
        }
        finally
        {
            foreach (string left in Directory.EnumerateFiles(Path.GetTempPath(), Path.GetFileName(file) + "*"))
                File.Delete(left);
        }
    }
}
