using System.Diagnostics;
using System.Globalization;
using PerfTrace.Bpf;
using PerfTrace.BpfTrace;

namespace PerfTrace.Bench;

/// <summary>Scripts beside bpftrace: from the text to the first output, hundreds of events, what an event costs in the kernel, memory, and a million events in a second.</summary>
internal sealed class ScriptCost : IMeasurement
{
    private const int Rounds = 9, ManyRounds = 3;
    private const string Event = $"tracepoint:syscalls:sys_enter_{CallFlood.UsualName}";

    private static readonly Goal Tenth = new(0.1, "≤ 1/10"), Twentieth = new(0.05, "≤ 1/20"), Same = new(1.1, "≤ 1.1 ×"), NoMore = new(1, "≤ 1 ×"), None = new(0, "0");

    public string Name => "script";

    public IEnumerable<Row> Run(BenchOptions options)
    {
        if (Peer.Find("bpftrace") is not { } bpftrace)
        {
            yield return Row.NotMeasured("scripts", "there is no bpftrace");
            yield break;
        }
        const string nothing = "BEGIN { exit() }", all = "tracepoint:syscalls:sys_enter_* { @[probe] = count() } interval:ms:100 { exit() }";
        (Samples ours, Samples peer) = Interleaved.Run(Rounds, () => Time(nothing), () => Peer.Time(bpftrace, "-e", nothing));
        yield return Row.Relative("`BEGIN { exit() }` in a warm process (peer: bpftrace -e)", ours.Median, peer.Median, "ms", Tenth);
        long before = Environment.WorkingSet;
        (ours, peer) = Interleaved.Run(ManyRounds, () => Time(all), () => Peer.Time(bpftrace, "-e", all));
        yield return Row.Relative("all `sys_enter_*` attached, counted for 0.1 s, taken off", ours.Median, peer.Median, "ms", Twentieth);
        yield return Row.Relative("memory: growth of the process in these (peer: all that bpftrace takes)", Math.Max(0, (Environment.WorkingSet - before) / 1048576.0), Resident(bpftrace), "MiB", NoMore);
        foreach (string aggregate in (string[])["@[comm] = count()", "@ = hist(args.ret)", "@ = hist(nsecs)"])
        {
            string script = aggregate.Contains("args", StringComparison.Ordinal) ? $"tracepoint:syscalls:sys_exit_{CallFlood.UsualName} {{ {aggregate} }}" : $"{Event} {{ {aggregate} }}";
            if (PerEvent(bpftrace, script) is { } cost)
                yield return Row.Relative($"an event of `{aggregate}` in the kernel (run-time statistics of both programs at the same events)", cost.Ours, cost.Peer, "ns", Same);
            else
                yield return Row.NotMeasured($"an event of `{aggregate}`", "bpftrace's program was not found");
        }
        foreach (Row row in Flood())
            yield return row;
    }

    private static double Time(string script)
    {
        long begin = Stopwatch.GetTimestamp();
        using (BpfTraceSession session = Start(script))
        {
            foreach (BpfTraceOutput output in session.Read())
                GC.KeepAlive(output.Text);
        }
        return Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
    }

    private static BpfTraceSession Start(string script, params string[] command) => BpfTraceSession.Start(new BpfTraceRequest { Script = new ScriptSource("bench", script), Command = command });

    // VmHWM of proc_pid_status(5), while it waits.
    private static double Resident(string bpftrace)
    {
        using BpfProgramMeter statistics = new BpfProgramMeter();
        using Process process = StartPeer(bpftrace, "BEGIN { @ = 1 } interval:ms:10 { @ = 2 } interval:s:60 { exit() }");
        try
        {
            WaitFor(process, static () => Thread.Sleep(10));
            string line = File.ReadLines($"/proc/{process.Id}/status").First(static l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
        }
        finally
        {
            process.Kill();
            process.WaitForExit();
        }
    }

    // Both programs at once, at the same events.
    private static (double Ours, double Peer)? PerEvent(string bpftrace, string script)
    {
        using BpfProgramMeter statistics = new BpfProgramMeter();
        using BpfTraceSession session = Start(script);
        using Process process = StartPeer(bpftrace, script.Replace("args.", "args->", StringComparison.Ordinal));
        try
        {
            string[] little = CallFlood.Command(1000, 0.01);
            WaitFor(process, () => Peer.Time(little[0], little[1..]));
            string[] flood = CallFlood.Command(0, 1);
            _ = Peer.Time(flood[0], flood[1..]);
            double? ours = CostOf(Environment.ProcessId), peer = CostOf(process.Id);
            return ours is { } a && peer is { } b ? (a, b) : null;
        }
        finally
        {
            process.Kill();
            process.WaitForExit();
        }
    }

    private static Process StartPeer(string bpftrace, string script) =>
        Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" > /dev/null 2>&1", bpftrace, "-e", script]))!;

    // Loaded is not yet attached: a program of an event that is made until it comes has run. BEGIN's has run once before.
    private static void WaitFor(Process process, Action makeEvent)
    {
        long begin = Stopwatch.GetTimestamp();
        while (!ProgramsOf(process.Id).Select(static id => BpfProgram.Read(id)).OfType<BpfProgram>().Any(static p => p.RunCount > 1))
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(begin) > TimeSpan.FromSeconds(60))
                throw new InvalidOperationException($"bpftrace {(process.HasExited ? "has ended" : "has not attached its program in 60 s")}.");
            makeEvent();
        }
    }

    private static double? CostOf(int process)
    {
        BpfProgram[] ran = [.. ProgramsOf(process).Select(static id => BpfProgram.Read(id)).OfType<BpfProgram>().Where(static p => p.RunCount > 1000)];
        return ran is [var one] ? one.RunNanoseconds / (double)one.RunCount : null;
    }

    // What /proc/PID/fdinfo tells of a program's descriptors and of links to it.
    private static HashSet<uint> ProgramsOf(int process)
    {
        var programs = new HashSet<uint>();
        foreach (string file in Directory.GetFiles($"/proc/{process}/fdinfo"))
        {
            try
            {
                foreach (string line in File.ReadLines(file).Where(static l => l.StartsWith("prog_id:", StringComparison.Ordinal)))
                    programs.Add(uint.Parse(line.AsSpan("prog_id:".Length).Trim(), CultureInfo.InvariantCulture));
            }
            catch (FileNotFoundException)
            {
                // Closed meanwhile.
            }
        }
        return programs;
    }

    private static IEnumerable<Row> Flood()
    {
        const long Rate = 1_000_000;
        string file = Path.GetTempFileName();
        try
        {
            foreach (string script in (string[])[$"{Event} {{ @[pid] = count() }}", "tracepoint:syscalls:sys_enter_* { @[pid, probe] = count() }"])
            {
                using BpfTraceSession session = Start(script, [.. CallFlood.Command(Rate, 4), file]);
                long counted = session.Read().SelectMany(static o => o.Objects).OfType<BpfTraceMapEntry>()
                    .Where(static e => e.Key is not BpfTraceTuple key || $"{key.Items[1]}" == Event).Max(static e => Convert.ToInt64(e.Value, CultureInfo.InvariantCulture));
                long made = long.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture);
                yield return Row.Absolute($"lost of {made:n0} events in 4 s with `{script}`", Math.Abs(made - counted), "", None);
            }
        }
        finally
        {
            File.Delete(file);
        }
    }
}
