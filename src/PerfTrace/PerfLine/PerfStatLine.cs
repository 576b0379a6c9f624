using System.Globalization;
using PerfTrace.Kernel;
using PerfTrace.Perf;

namespace PerfTrace.Commands;

/// <summary>Counters as <c>perf stat -x</c> prints them (perf-stat(1), "CSV FORMAT"): the same fields in the same order, numbers without regard to the culture.</summary>
internal static class PerfStatLine
{
    public static string Of(PerfCounter counter, string separator, bool isPerThread)
    {
        var fields = new List<string>();
        if (counter is PerfCounterInterval)
        {
            (long seconds, long rest) = Math.DivRem(counter.Elapsed.Ticks, TimeSpan.TicksPerSecond);
            fields.Add(Invariant($"{seconds,6}.{rest * TimeSpan.NanosecondsPerTick:000000000}"));
        }
        fields.AddRange(Place(counter, isPerThread));
        fields.AddRange([Value(counter), counter.ScaledUnit ?? "", counter.Event]);
        if (counter.CGroup is { } group)
            fields.Add(group);
        if (counter is PerfCounterStatistics statistics)
            fields.Add(Invariant($"{statistics.RelativeError ?? 0:0.00}%"));
        fields.AddRange([Invariant($"{counter.TimeRunning.TotalNanoseconds:0}"), Invariant($"{counter.RunningPercent ?? 100:0.00}")]);
        // What is a percentage is told by its unit alone: 2.35,of all branches.
        fields.AddRange([Invariant($"{counter.MetricValue:0.000}"), counter.MetricName?.TrimStart('%', ' ') ?? ""]);
        return string.Join(separator, fields);
    }

    private static string Value(PerfCounter counter) => counter.Status switch
    {
        CounterStatus.NotCounted => "<not counted>",
        CounterStatus.NotSupported => "<not supported>",
        // Two decimals where the unit is another than that of the count (abs_printout of stat-display.c).
        _ => counter.ScaledUnit is null || counter.ScaledUnit == counter.Unit ? Invariant($"{counter.ScaledValue:0}") : Invariant($"{counter.ScaledValue:0.00}"),
    };

    // CPU, core or socket, and of the latter two how many CPUs they are; of a thread its name and number.
    private static IEnumerable<string> Place(PerfCounter counter, bool isPerThread)
    {
        if (isPerThread)
            return [Invariant($"{counter.CommandName}-{counter.ThreadId}")];
        if (counter.Cpu is { } cpu)
            return [Invariant($"CPU{cpu}")];
        if (counter.Socket is not { } socket)
            return [];
        var topology = new CpuTopology(SystemPaths.Default);
        int[] cpus = [.. topology.Online.Where(c => topology.SocketOf(c) == socket && (counter.Core is null || topology.CoreOf(c) == counter.Core))];
        string name = counter.Core is { } core ? Invariant($"S{socket}-D{(cpus.Length > 0 ? topology.DieOf(cpus[0]) : 0)}-C{core}") : Invariant($"S{socket}");
        return [name, Invariant($"{cpus.Length}")];
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
