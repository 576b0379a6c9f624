using System.Diagnostics;
using PerfTrace.Events;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Tracing;

namespace PerfTrace.Bench;

/// <summary>Floods of events: how fast the core decodes them, how many come out of a pipeline, and what is lost at a known rate.</summary>
internal sealed class TracepointFlood : IMeasurement
{
    private const int Rounds = 5;
    private const long Rate = 200_000;

    // More than the goal, and little enough to leave the reader most of a CPU: the calls are made on the same ones.
    private const long FloodRate = 360_000;

    private static readonly Goal Decoding = new(1e9 / 1_500_000, "≤ 667 ns (1,500,000/s)");
    private static readonly Goal Pipeline = new(1e9 / 300_000, "≤ 3333 ns (300,000/s)");
    private static readonly Goal NothingLost = new(0, "0");

    public string Name => "flood";

    public IEnumerable<Row> Run(BenchOptions options)
    {
        foreach (Row row in Decode("raw_syscalls:sys_enter", CallFlood.Command(0, 0.4)))
            yield return row;
        foreach (Row row in Peer.Find("perf") is null
            ? [Row.NotMeasured("decoding sched:sched_switch", "there is no perf to switch with")]
            : Decode("sched:sched_switch", ["sh", "-c", "exec perf bench sched pipe -l 60000 > /dev/null"]))
        {
            yield return row;
        }
        yield return LostInCore();
        foreach (Row row in InPwsh(options))
            yield return row;
    }

    private static TracepointRequest Request(string name) =>
        new(TracepointCatalogue.List(TracingDirectory.Open(SystemPaths.Default)).First(t => t.Event == name).GetFormat());

    private static CounterTarget.Command Target(string[] command) => new(command[0], command[1..], "/");

    // The rings fill while nobody reads, and then are read in one go.
    private static IEnumerable<Row> Decode(string name, string[] command)
    {
        Samples ours = new(), bytes = new(), perf = new();
        for (int round = 0; round < Rounds; round++)
        {
            using TracepointStream stream = TracepointStream.Open([Request(name)], Target(command), new TracepointStreamOptions { BufferSize = 128 << 20 });
            var batch = new TraceEvent[256];
            int count = stream.Fill(batch.AsSpan(0, 1));
            while (Process.GetProcesses().Any(p => p.Id == stream.CommandId))
                Thread.Sleep(50);
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            long begin = Stopwatch.GetTimestamp();
            while (stream.Fill(batch) is > 0 and var more)
                count += more;
            double elapsed = Stopwatch.GetElapsedTime(begin).TotalNanoseconds;
            ours.Add(elapsed / count);
            bytes.Add((GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)count);
            if (PerfScript(name, command) is { } each)
                perf.Add(each);
        }
        yield return Row.Absolute($"decoding a {name} in the core (perf: perf script)", ours.Median, "ns", Decoding, Peer.Find("perf") is null ? null : perf.Median);
        yield return Row.Information($"allocated for a {name}", Figures.Text(bytes.Median, "B"), "");
    }

    private static double? PerfScript(string name, string[] command)
    {
        if (Peer.Find("perf") is null)
            return null;
        string file = Path.Combine(Path.GetTempPath(), $"perftrace-bench-{Environment.ProcessId}.data");
        try
        {
            Peer.Capture("perf", ["record", "-q", "-e", name, "-c", "1", "-m", "64M", "-o", file, .. command]);
            long begin = Stopwatch.GetTimestamp();
            using Process process = Process.Start("/bin/sh", ["-c", "perf script -i \"$0\" 2>/dev/null > \"$0.txt\"", file]);
            process.WaitForExit();
            double elapsed = Stopwatch.GetElapsedTime(begin).TotalNanoseconds;
            return elapsed / Math.Max(1, File.ReadLines($"{file}.txt").Count());
        }
        finally
        {
            File.Delete(file);
            File.Delete($"{file}.old");
            File.Delete($"{file}.txt");
        }
    }

    private static Row LostInCore()
    {
        using TracepointStream stream = TracepointStream.Open([Request("raw_syscalls:sys_enter")], Target(CallFlood.Command(Rate, 4)), new TracepointStreamOptions());
        var batch = new TraceEvent[256];
        while (stream.Fill(batch) > 0)
        {
        }
        TracepointStreamSummary summary = stream.Summary;
        return Row.Absolute($"lost of {summary.Events} at {Rate} a second, the core", summary.Lost, "", NothingLost);
    }

    private static IEnumerable<Row> InPwsh(BenchOptions options)
    {
        // CPU milliseconds of a million objects; events, seconds, lost of a flood; events and lost at the known rate; CPU milliseconds of two ways to keep 1 %.
        if (!Pwsh.TryRun("watch.ps1", options, out IReadOnlyList<double> f, out string? problem, [.. CallFlood.Command(0, 3)[..2], $"{FloodRate}", $"{Rate}", $"{CallFlood.RareCall}"]))
        {
            yield return Row.NotMeasured("Watch-Tracepoint in pwsh", problem);
            yield break;
        }
        yield return Row.Absolute($"an event out of Watch-Tracepoint | Out-Null, of {FloodRate} a second (peer: Write-Output of what is there)", f[2] * 1e9 / f[1], "ns", Pipeline, f[0]);
        yield return Row.Information("of that flood were lost, and counted", $"{f[3]:0} of {f[1] + f[3]:0}", "");
        yield return Row.Absolute($"lost of {f[4]:0} at {Rate} a second, Watch-Tracepoint | Out-Null", f[5], "", NothingLost);
        yield return Row.Absolute("CPU of Watch-Tracepoint -Where that keeps 1 %, of that of Watch-Tracepoint | Where-Object", 100 * f[6] / f[7], "%", new Goal(2, "≤ 2 % (1/50)"));
        yield return Row.Information("that CPU time", $"{f[6]:0} ms", $"{f[7]:0} ms (Where-Object)");
    }
}
