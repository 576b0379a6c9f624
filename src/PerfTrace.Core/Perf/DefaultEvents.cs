using PerfTrace.Kernel;

namespace PerfTrace.Perf;

/// <summary>What perf-stat(1) counts when it is not told what.</summary>
public static class DefaultEvents
{
    /// <param name="catalogue">The machine's events.</param>
    /// <param name="isSystemWide">CPUs are counted and not tasks: then the clock is the CPU's.</param>
    public static IReadOnlyList<PerfEventGroup> For(EventCatalogue catalogue, bool isSystemWide)
    {
        var names = new List<string>
        {
            isSystemWide ? "cpu-clock" : "task-clock", "context-switches", "cpu-migrations", "page-faults", "cycles",
        };
        // The stall counters are in the default set only where the PMU says that it has them.
        foreach (string stalled in (string[])["stalled-cycles-frontend", "stalled-cycles-backend"])
        {
            if (File.Exists(Path.Combine(catalogue.Paths.EventSources, "cpu/events", stalled)))
                names.Add(stalled);
        }
        names.AddRange(["instructions", "branches", "branch-misses"]);
        return [.. names.SelectMany(catalogue.Resolve)];
    }
}
