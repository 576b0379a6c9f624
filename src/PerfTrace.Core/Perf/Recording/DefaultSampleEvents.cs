namespace PerfTrace.Perf;

/// <summary>What perf-record(1) samples when it is not told what.</summary>
public static class DefaultSampleEvents
{
    /// <summary>The tracepoint at which a thread ceases to run.</summary>
    public const string OffCpu = "sched:sched_switch";

    /// <summary>The processor's cycles; its clock where there is no PMU that counts them.</summary>
    public static IReadOnlyList<PerfEventGroup> For(EventCatalogue catalogue)
    {
        IReadOnlyList<PerfEventGroup> cycles = catalogue.Resolve("cycles");
        return cycles.All(static g => g.Leader.IsSupported) ? cycles : catalogue.Resolve("cpu-clock");
    }
}
