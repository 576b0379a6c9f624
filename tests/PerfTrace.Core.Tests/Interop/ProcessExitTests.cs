using PerfTrace.Interop;

namespace PerfTrace.Tests.Interop;

public class ProcessExitTests
{
    [Theory]
    [InlineData(0, 0, null)]
    [InlineData(7 << 8, 7, null)]
    [InlineData(255 << 8, 255, null)]
    [InlineData(9, 137, 9)]
    [InlineData(15, 143, 15)]
    [InlineData(11 | 0x80, 139, 11)] // with a core dump
    public void ReadsTheWaitStatus(int status, int exitCode, int? signal)
    {
        var exit = ProcessExit.From(status, new long[18]);

        Assert.Equal((exitCode, signal), (exit.ExitCode, exit.Signal));
    }

    [Fact]
    public void ReadsTheResourceUsage()
    {
        // struct rusage: ru_utime and ru_stime are two timevals, ru_maxrss is in KiB; 144 bytes on 64-bit.
        long[] usage = new long[18];
        (usage[0], usage[1], usage[2], usage[3], usage[4]) = (1, 250_000, 2, 999_999, 1234);

        var exit = ProcessExit.From(0, usage);

        Assert.Equal(144, ProcessExit.ResourceUsageSize);
        Assert.Equal((TimeSpan.FromMilliseconds(1250), TimeSpan.FromMicroseconds(2_999_999), 1234 * 1024L), (exit.UserTime, exit.SystemTime, exit.MaximumResidentSet));
    }
}
