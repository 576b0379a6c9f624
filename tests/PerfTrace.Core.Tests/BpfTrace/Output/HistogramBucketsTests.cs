using PerfTrace.BpfTrace;

namespace PerfTrace.Tests.BpfTrace.Output;

public sealed class HistogramBucketsTests
{
    [Theory]
    [InlineData(0, -1, 0, "(..., 0)")]
    [InlineData(0, long.MinValue, 0, "(..., 0)")]
    [InlineData(0, 0, 1, "[0]")]
    [InlineData(0, 1, 2, "[1]")]
    [InlineData(0, 2, 3, "[2, 4)")]
    [InlineData(0, 3, 3, "[2, 4)")]
    [InlineData(0, 7, 4, "[4, 8)")]
    [InlineData(0, 512, 11, "[512, 1K)")]
    [InlineData(0, 1023, 11, "[512, 1K)")]
    [InlineData(0, 1024, 12, "[1K, 2K)")]
    [InlineData(0, 3_000_000_000, 33, "[2G, 4G)")]
    [InlineData(0, 10_737_418_240, 35, "[8G, 16G)")]
    [InlineData(0, long.MaxValue, 64, "[4E, 8E)")]
    [InlineData(1, 3, 4, "[3]")]
    [InlineData(1, 4, 5, "[4, 6)")]
    [InlineData(3, 15, 16, "[15]")]
    [InlineData(3, 16, 17, "[16, 18)")]
    [InlineData(3, 1023, 64, "[960, 1024)")]
    [InlineData(5, 63, 64, "[63]")]
    [InlineData(5, 64, 65, "[64, 66)")]
    public void Powers_of_two_are_numbered_as_bpftrace_numbers_them(int bits, long value, int number, string label)
    {
        var buckets = new HistogramBuckets.Log2(bits);
        Assert.Equal(number, buckets.Number(value));
        Assert.Equal(label, buckets.Label(number));
    }

    // What bpftrace does in BPF: shift down by halves to find the highest bit.
    private static int ByShifting(long value, int bits)
    {
        if (value < 0)
            return 0;
        ulong mask = (1UL << bits) - 1, n = (ulong)value;
        if (n <= mask)
            return (int)value + 1;
        int l = 0;
        for (int i = 5; i >= 0; i--)
        {
            int shift = n >= 1UL << (1 << i) ? 1 << i : 0;
            n >>= shift;
            l += shift;
        }
        l -= bits;
        return (int)((((ulong)l + 1) << bits) + (((ulong)value >> l) & mask) + 1);
    }

    [Fact]
    public void Every_value_is_in_the_bounds_of_its_bucket_and_buckets_leave_no_gap()
    {
        var random = new Random(6);
        for (int bits = 0; bits <= 5; bits++)
        {
            var buckets = new HistogramBuckets.Log2(bits);
            for (int i = 0; i < 20_000; i++)
            {
                long value = i < 2000 ? i - 10 : random.NextInt64() >> random.Next(63);
                int number = buckets.Number(value);
                (long? low, long? high) = buckets.Bounds(number);
                Assert.True((low is null || low <= value) && (high is null || value <= high), $"{value} is in {number}: {low}..{high}");
                Assert.Equal(ByShifting(value, bits), number);
            }
            for (int number = 1; number < buckets.Count; number++)
                Assert.Equal(buckets.Bounds(number).Low - 1, buckets.Bounds(number - 1).High);
            Assert.Equal(buckets.Count - 1, buckets.Number(long.MaxValue));
            Assert.Equal(long.MaxValue, buckets.Bounds(buckets.Count - 1).High);
        }
    }

    [Theory]
    [InlineData(0, 100, 10, -1, 0, "(..., 0)")]
    [InlineData(0, 100, 10, 0, 1, "[0, 10)")]
    [InlineData(0, 100, 10, 99, 10, "[90, 100)")]
    [InlineData(0, 100, 10, 100, 11, "[100, ...)")]
    [InlineData(0, 100, 10, long.MaxValue, 11, "[100, ...)")]
    [InlineData(0, 25, 10, 22, 3, "[20, ...)")]
    [InlineData(-10, 10, 5, -5, 2, "[-5, 0)")]
    [InlineData(-10, 10, 5, -11, 0, "(..., -10)")]
    [InlineData(0, 10, 1, 5, 6, "[5]")]
    [InlineData(0, 10240, 1024, 3000, 3, "[2K, 3K)")]
    [InlineData(0, 10485760, 1048576, 5, 1, "[0, 1M)")]
    public void Steps_are_numbered_as_bpftrace_numbers_them(long minimum, long maximum, long step, long value, int number, string label)
    {
        var buckets = new HistogramBuckets.Linear(minimum, maximum, step);
        Assert.Equal(number, buckets.Number(value));
        Assert.Equal(label, buckets.Label(number));
        (long? low, long? high) = buckets.Bounds(number);
        Assert.True((low is null || low <= value) && (high is null || value <= high));
    }
}
