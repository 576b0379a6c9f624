namespace PerfTrace.Perf;

/// <summary>Where an event comes from, in the words of <c>perf list</c>.</summary>
public enum PerfEventKind
{
    /// <summary>A generalised hardware event (enum perf_hw_id).</summary>
    Hardware,

    /// <summary>A generalised cache event (PERF_TYPE_HW_CACHE).</summary>
    HardwareCache,

    /// <summary>Counted by the kernel itself (enum perf_sw_ids).</summary>
    Software,

    /// <summary>Measured by PerfTrace, not by the kernel's counters: duration_time, user_time, system_time.</summary>
    Tool,

    /// <summary>An event that a PMU names in sysfs, or one made of its terms.</summary>
    Pmu,

    /// <summary>The terms that a PMU takes, as a pattern to fill in.</summary>
    PmuTerm,

    /// <summary>A tracepoint of tracefs, dynamic probes included.</summary>
    Tracepoint,

    /// <summary>A hardware breakpoint on an address.</summary>
    Breakpoint,

    /// <summary>A PMU encoding given by number.</summary>
    Raw,

    /// <summary>A vendor's event, named by libpfm4.</summary>
    Vendor,
}
