using PerfTrace.Interop;

namespace PerfTrace.Tests.Interop;

public sealed class ParallelCloseTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(100)]
    public void AllAreClosed(int count)
    {
        FileDescriptor[] all = [.. Enumerable.Range(0, count).Select(static _ => FileDescriptor.Open("/dev/null"))];

        ParallelClose.Close(all);

        Assert.All(all, static d => Assert.True(d.IsClosed));
    }
}
