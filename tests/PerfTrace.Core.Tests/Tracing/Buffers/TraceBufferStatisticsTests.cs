using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing.Buffers;

public sealed class TraceBufferStatisticsTests
{
    [Fact]
    public void Every_count_is_read()
    {
        const string Text = """
            entries: 129116
            overrun: 17
            commit overrun: 3
            bytes: 5238668
            oldest event ts:  2752.606123
            now ts:  5284.246728
            dropped events: 5
            read events: 242

            """;

        TraceBufferStatistics statistics = TraceBufferStatistics.Parse("x", 3, Text, 4096);

        Assert.Equal(
            new TraceBufferStatistics
            {
                Instance = "x", Cpu = 3, Entries = 129116, Overrun = 17, CommitOverrun = 3, DroppedEvents = 5, ReadEvents = 242, Bytes = 5238668, BufferSize = 4096,
                OldestEventTime = TimeSpan.FromMicroseconds(2752606123), Now = TimeSpan.FromMicroseconds(5284246728),
            },
            statistics);
        Assert.Equal(25, statistics.Lost);
    }

    [Theory]
    [InlineData("entries: 1\noldest event ts: 18\nnow ts: 21\n")]
    [InlineData("entries: 0\noldest event ts: 0.000000\nnow ts: 99999999999999999999.5\n")]
    [InlineData("nonsense\n:\nentries: x")]
    public void What_is_no_time_is_none(string text)
    {
        TraceBufferStatistics statistics = TraceBufferStatistics.Parse(null, 0, text, null);

        Assert.Equal((null, null), (statistics.OldestEventTime, statistics.Now));
    }
}
