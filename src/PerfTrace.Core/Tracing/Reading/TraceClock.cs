using PerfTrace.Kernel;

namespace PerfTrace.Tracing;

/// <summary>The clock of an instance's buffers (Documentation/trace/ftrace.rst, "trace_clock").</summary>
/// <param name="Name">As in <c>trace_clock</c>.</param>
/// <param name="IsCounter">It counts something else than nanoseconds.</param>
/// <param name="WallClockOffset">What to add for nanoseconds since 1970; null for clocks that have no relation to the time of day.</param>
public sealed record TraceClock(string Name, bool IsCounter, long? WallClockOffset)
{
    // clock_gettime(2)
    private const int Monotonic = 1, BootTime = 7, InternationalAtomic = 11;

    /// <summary>The clock in use.</summary>
    /// <exception cref="Interop.KernelException">It can not be read.</exception>
    public static TraceClock Read(TracingDirectory directory) => Of(TraceBuffers.CurrentClock(directory));

    /// <summary>What is known of a clock.</summary>
    public static TraceClock Of(string name) => name switch
    {
        "mono" => new TraceClock(name, false, KernelClock.WallClockOffset(Monotonic)),
        "boot" => new TraceClock(name, false, KernelClock.WallClockOffset(BootTime)),
        "tai" => new TraceClock(name, false, KernelClock.WallClockOffset(InternationalAtomic)),
        // trace_clocks[] of kernel/trace/trace.c: these are in nanoseconds, each processor's own or not steered with the time of day.
        "local" or "global" or "perf" or "mono_raw" => new TraceClock(name, false, null),
        _ => new TraceClock(name, true, null),
    };
}
