using System.Diagnostics;
using System.Globalization;
using PerfTrace.Kernel;
using PerfTrace.Perf;

namespace PerfTrace.Bench;

/// <summary>CPU use of counting the default events on all CPUs ten times a second: ours in this process and in pwsh, and perf stat's.</summary>
internal sealed class IntervalCost : IMeasurement
{
    private const double Seconds = 10;

    private static readonly Goal OnePercent = new(1, "≤ 1 % of a CPU");

    public string Name => "interval";

    public IEnumerable<Row> Run(BenchOptions options)
    {
        // perf writes 10 lines an interval; to /dev/null here.
        double? perf = Peer.Find("perf") is { } program
            ? Percent(Peer.CpuTime(program, "stat", "-a", "-I", "100", "-o", "/dev/null", "--", "sleep", Seconds.ToString(CultureInfo.InvariantCulture)))
            : null;
        _ = Count(TimeSpan.FromSeconds(2)); // so that what is measured is compiled
        yield return Row.Absolute("all CPUs every 0.1 s: CounterSession", Percent(Count(TimeSpan.FromSeconds(Seconds))), "%", OnePercent, perf);

        const string Title = "all CPUs every 0.1 s: Get-PerfCounter in pwsh, settled";
        (double first, double settled) = (0, 0);
        if ((Pwsh.WhyNot(options) ?? Watch(options, out first, out settled)) is { } problem)
        {
            yield return Row.NotMeasured(Title, problem);
            yield break;
        }
        yield return Row.Absolute(Title, Percent(settled), "%", OnePercent, perf);
        // The peer here is the shell: an empty pipeline of as many objects.
        if (Pwsh.TryRun("pipeline.ps1", options, out IReadOnlyList<double> shell, out _))
            yield return Row.Relative("the same in a session's first 10 s (peer: an empty pipeline)", Percent(first), Percent(shell[0]), "%", null);
    }

    /// <summary>Milliseconds of CPU time of a fresh pwsh: in the first ten seconds of counting, and in ten when it has settled.</summary>
    private static string? Watch(BenchOptions options, out double first, out double settled)
    {
        // The runtime compiles anew what has run 30 times, at ten times a second; the shell's own pipeline is most of it.
        const int SettlingSeconds = 10, SettledSeconds = 20;
        (first, settled) = (0, 0);
        using Process pwsh = Process.Start(new ProcessStartInfo("pwsh", Pwsh.Arguments("interval.ps1", options)) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        try
        {
            if (!CounterProbe.Await(pwsh.Id))
                return "Get-PerfCounter did not begin";
            double begin = CpuTime(pwsh);
            Thread.Sleep(TimeSpan.FromSeconds(Seconds));
            first = CpuTime(pwsh) - begin;
            Thread.Sleep(TimeSpan.FromSeconds(SettlingSeconds));
            double before = CpuTime(pwsh);
            Thread.Sleep(TimeSpan.FromSeconds(SettledSeconds));
            settled = (CpuTime(pwsh) - before) * Seconds / SettledSeconds;
            return null;
        }
        finally
        {
            pwsh.Kill();
            pwsh.WaitForExit();
        }
    }

    private static double CpuTime(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime.TotalMilliseconds;
    }

    private static double Percent(double milliseconds) => 100 * milliseconds / (Seconds * 1000);

    /// <summary>Milliseconds of CPU time that the whole process used meanwhile, the runtime's own threads included.</summary>
    private static double Count(TimeSpan duration)
    {
        IReadOnlyList<PerfEventGroup> groups = DefaultEvents.For(EventCatalogue.Default, isSystemWide: true);
        var target = new CounterTarget.Cpus(new CpuTopology(SystemPaths.Default).Online);
        var options = new CounterOptions { Interval = TimeSpan.FromSeconds(0.1), Duration = duration };
        TimeSpan before = Environment.CpuUsage.TotalTime;
        using (var session = new CounterSession(groups, target, options))
        {
            foreach (PerfCounter counter in session.Measure(CancellationToken.None))
                _ = counter;
        }
        return (Environment.CpuUsage.TotalTime - before).TotalMilliseconds;
    }
}
