using PerfTrace.Perf;

namespace PerfTrace.Tests.Perf.Rings;

public sealed class RecordIndexTests
{
    [Fact]
    public void Sorting_is_stable()
    {
        ulong[] times = [5, 1, 5, 3, 3, 9, 0];
        RecordIndex.Entry[] entries = [.. times.Select(static (t, i) => new RecordIndex.Entry(t, (ulong)i, PerfRecordType.Sample, 8))];

        RecordIndex.SortByTime(entries);

        Assert.Equal([6UL, 1, 3, 4, 0, 2, 5], entries.Select(static e => e.Position));
    }

    [Theory]
    [InlineData(1, 4096)]
    [InlineData(4096, 4096)]
    [InlineData(4097, 8192)]
    [InlineData(1 << 20, 1 << 20)]
    [InlineData(long.MaxValue, 1 << 30)]
    public void A_ring_is_a_power_of_two_of_pages(long wish, int expected) =>
        Assert.Equal(Math.Max(expected, Environment.SystemPageSize), PerfRing.RoundSize(wish));
}
