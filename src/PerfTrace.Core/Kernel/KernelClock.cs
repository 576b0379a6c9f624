using System.Globalization;
using PerfTrace.Interop;

namespace PerfTrace.Kernel;

/// <summary>The kernel's clocks (clock_gettime(2)) and its tick.</summary>
public static class KernelClock
{
    // include/uapi/linux/time.h
    private const int CLOCK_REALTIME = 0, CLOCK_THREAD_CPUTIME_ID = 3, CLOCK_MONOTONIC_COARSE = 6;
    private const long NanosecondsPerSecond = 1_000_000_000;

    // The counter starts a little after the clock, and a virtual machine may lose ticks: /proc/timer_list tells it, to root.
    private static readonly Lazy<long> JiffiesAhead = new(static () =>
    {
        const string key = "jiffies: ";
        const string path = "/proc/timer_list";
        try
        {
            foreach (string line in File.ReadLines(path))
            {
                if (line.StartsWith(key, StringComparison.Ordinal) && long.TryParse(line.AsSpan(key.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long now))
                    return now - MonotonicTicks;
            }
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            // Not root, or a kernel without the file: as if the counter had started with the clock.
        }
        // INITIAL_JIFFIES (include/linux/jiffies.h): five minutes before the lower half wraps.
        return (uint)(-300 * TicksPerSecond);
    });

    /// <summary>CLOCK_MONOTONIC's number, also for perf_event_attr.clockid.</summary>
    internal const int MonotonicId = 1;

    /// <summary>CLOCK_BOOTTIME's number: as CLOCK_MONOTONIC, with the time suspended.</summary>
    internal const int BootTimeId = 7;

    /// <summary>CLOCK_TAI: that of the day without leap seconds.</summary>
    internal const int AtomicId = 11;

    /// <summary>HZ: the resolution of the coarse clocks is one tick (clock_getres(2)).</summary>
    public static int TicksPerSecond { get; } = Resolution();

    /// <summary>Since the kernel started, without time suspended: CLOCK_MONOTONIC.</summary>
    public static long MonotonicNanoseconds => Read(MonotonicId);

    /// <summary>Since the kernel started, with time suspended: CLOCK_BOOTTIME.</summary>
    public static long BootTimeNanoseconds => Read(BootTimeId);

    /// <summary>The wall clock: nanoseconds since 1970.</summary>
    public static long WallClockNanoseconds => Read(CLOCK_REALTIME);

    /// <summary>The processor time that the calling thread has used.</summary>
    public static TimeSpan ThreadCpuTime => TimeSpan.FromTicks(Read(CLOCK_THREAD_CPUTIME_ID) / 100);

    /// <summary>
    /// What to add to a clock, CLOCK_MONOTONIC unless said otherwise, for nanoseconds since 1970. The two are read one after the other; of several tries the
    /// quickest is the most exact.
    /// </summary>
    public static long WallClockOffset(int clock = MonotonicId)
    {
        long best = 0, shortest = long.MaxValue;
        for (int i = 0; i < 5; i++)
        {
            long before = Read(clock), wall = Read(CLOCK_REALTIME), after = Read(clock);
            if (after - before < shortest)
            {
                shortest = after - before;
                best = wall - before - ((after - before) / 2);
            }
        }
        return best;
    }

    private static long Read(int clock)
    {
        NativeMethods.ClockGetTime(clock, out TimeSpecification time);
        return (time.Seconds * NanosecondsPerSecond) + time.Nanoseconds;
    }

    /// <summary>The counter of ticks, now.</summary>
    public static ulong Jiffies => (ulong)(MonotonicTicks + JiffiesAhead.Value);

    private static long MonotonicTicks => (long)(MonotonicNanoseconds / (1_000_000_000.0 / TicksPerSecond));

    private static int Resolution()
    {
        int result = NativeMethods.ClockGetResolution(CLOCK_MONOTONIC_COARSE, out TimeSpecification resolution);
        return result == 0 && resolution is { Seconds: 0, Nanoseconds: > 0 } ? (int)Math.Round(1e9 / resolution.Nanoseconds) : 250;
    }
}
