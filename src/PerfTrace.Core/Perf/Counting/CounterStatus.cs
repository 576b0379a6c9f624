namespace PerfTrace.Perf;

/// <summary>What became of a counter, in perf-stat(1)'s words.</summary>
public enum CounterStatus
{
    /// <summary>It counted, all the time or part of it.</summary>
    Counted,

    /// <summary>It was opened but never got onto a CPU or a PMU register: <c>&lt;not counted&gt;</c>.</summary>
    NotCounted,

    /// <summary>This machine or kernel can not count it: <c>&lt;not supported&gt;</c>.</summary>
    NotSupported,
}
