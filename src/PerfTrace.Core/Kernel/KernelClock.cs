using System.Runtime.InteropServices;
using PerfTrace.Interop;

namespace PerfTrace.Kernel;

/// <summary>The kernel's tick.</summary>
public static class KernelClock
{
    // include/uapi/linux/time.h
    private const int CLOCK_MONOTONIC = 1, CLOCK_MONOTONIC_COARSE = 6;

    /// <summary>HZ: the resolution of the coarse clocks is one tick (clock_getres(2)).</summary>
    public static int TicksPerSecond { get; } = Resolution();

    /// <summary>Since the kernel started, without time suspended.</summary>
    public static long MonotonicNanoseconds
    {
        get
        {
            NativeMethods.ClockGetTime(CLOCK_MONOTONIC, out TimeSpecification time);
            return time.Seconds * 1_000_000_000 + time.Nanoseconds;
        }
    }

    private static int Resolution()
    {
        int result = NativeMethods.ClockGetResolution(CLOCK_MONOTONIC_COARSE, out TimeSpecification resolution);
        return result == 0 && resolution is { Seconds: 0, Nanoseconds: > 0 } ? (int)Math.Round(1e9 / resolution.Nanoseconds) : 250;
    }
}
