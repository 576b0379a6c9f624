namespace PerfTrace.Interop;

/// <summary>How a child ended, and what wait4(2) says it and its own awaited children used.</summary>
/// <param name="ExitCode">The exit status; 128 plus the signal's number when a signal ended it, as shells report it.</param>
/// <param name="Signal">The signal that ended it; null when it exited.</param>
/// <param name="UserTime">ru_utime.</param>
/// <param name="SystemTime">ru_stime.</param>
/// <param name="MaximumResidentSet">ru_maxrss in bytes.</param>
public sealed record ProcessExit(int ExitCode, int? Signal, TimeSpan UserTime, TimeSpan SystemTime, long MaximumResidentSet)
{
    // Offsets in struct rusage (include/uapi/linux/resource.h) on 64-bit: two timevals of two longs, then ru_maxrss in KiB.
    internal const int ResourceUsageSize = 144;

    internal static ProcessExit From(int status, ReadOnlySpan<long> resourceUsage)
    {
        // The layout of a wait status is in wait(2): WIFEXITED, WEXITSTATUS, WTERMSIG.
        int signal = status & 0x7f;
        return new ProcessExit(
            signal == 0 ? (status >> 8) & 0xff : 128 + signal,
            signal == 0 ? null : signal,
            Time(resourceUsage[0], resourceUsage[1]),
            Time(resourceUsage[2], resourceUsage[3]),
            resourceUsage[4] * 1024);
    }

    private static TimeSpan Time(long seconds, long microseconds) =>
        new((seconds * TimeSpan.TicksPerSecond) + (microseconds * TimeSpan.TicksPerMicrosecond));
}
