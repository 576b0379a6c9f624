using System.Globalization;
using PerfTrace.Perf;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Perf.Counting;

public class StatisticsTests
{
    [Fact]
    public void MeanAndSpreadAreThoseOfTheTextbook()
    {
        var statistics = new RunningStatistics();
        foreach (double value in (double[])[2, 4, 4, 4, 5, 5, 7, 9])
            statistics.Add(value);

        Assert.Equal(8, statistics.Count);
        Assert.Equal(5, statistics.Mean, 12);
        Assert.Equal(Math.Sqrt(32.0 / 7), statistics.StandardDeviation, 12);
        Assert.Equal(100 * Math.Sqrt(32.0 / 7) / Math.Sqrt(8) / 5, statistics.RelativeError, 12);
    }

    [Fact]
    public void OneValueHasNoSpread()
    {
        var statistics = new RunningStatistics();
        Assert.Equal((0, 0.0, 0.0, 0.0), (statistics.Count, statistics.Mean, statistics.StandardDeviation, statistics.RelativeError));
        statistics.Add(7);
        Assert.Equal((1, 7.0, 0.0, 0.0), (statistics.Count, statistics.Mean, statistics.StandardDeviation, statistics.RelativeError));
    }

    [Fact]
    public void LargeEqualValuesDoNotCancel()
    {
        var statistics = new RunningStatistics();
        foreach (double offset in (double[])[4, 7, 13, 16])
            statistics.Add(1e15 + offset);

        Assert.Equal(Math.Sqrt(30), statistics.StandardDeviation, 6);
    }

    [Fact]
    public void TheRelativeErrorIsTheOneThatPerfPrints()
    {
        // "( +-  0.05% )" of perf stat -r: the standard error of the mean as a percentage of it, from mean and variance in util/stat.c.
        var statistics = new RunningStatistics();
        double[] values = [100, 101, 99, 102, 98];
        foreach (double value in values)
            statistics.Add(value);
        double mean = values.Average(), variance = values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1);

        Assert.Equal(100 * Math.Sqrt(variance / values.Length) / mean, statistics.RelativeError, 12);
    }

    [Theory]
    [InlineData(1000, 100, 100, 1000)]
    [InlineData(1000, 100, 50, 2000)]
    [InlineData(999, 300, 100, 2997)]
    [InlineData(1000, 100, 0, 0)]
    [InlineData(0, 100, 50, 0)]
    public void AMultiplexedCountIsScaledByTheTimeItRan(ulong value, ulong enabled, ulong running, ulong scaled) =>
        Assert.Equal(scaled, new CounterReading(value, enabled, running).Scaled);

    [Fact]
    public void ScalingGivesPerfsFiguresForItsMultiplexedRun()
    {
        // perf -vv prints the raw triple, the CSV the scaled count, the time that it ran and the percentage of the time enabled.
        foreach (string line in File.ReadLines(Repository.Data("arm64/perf-stat-multiplexed.csv")).Where(static l => l.Contains(",,", StringComparison.Ordinal)))
        {
            string[] columns = line.Split(',');
            ulong scaled = ulong.Parse(columns[0], CultureInfo.InvariantCulture), running = ulong.Parse(columns[3], CultureInfo.InvariantCulture);
            double percent = double.Parse(columns[4], CultureInfo.InvariantCulture);
            Assert.InRange(percent, 1, 99);
            ulong enabled = (ulong)(running * 100 / percent);
            ulong raw = (ulong)(scaled * percent / 100);

            // The percentage is rounded to whole ones there: half of one is the tolerance.
            Assert.InRange((double)new CounterReading(raw, enabled, running).Scaled / scaled, 1 - (0.5 / percent), 1 + (0.5 / percent));
        }
    }

    [Fact]
    public void ReadingsAddAndSubtract()
    {
        var a = new CounterReading(10, 20, 30);
        var b = new CounterReading(1, 2, 3);

        Assert.Equal(new CounterReading(11, 22, 33), a + b);
        Assert.Equal(new CounterReading(9, 18, 27), a - b);
        Assert.True(a.IsCounted);
        Assert.False(new CounterReading(1, 1, 0).IsCounted);
        Assert.False(default(CounterReading).IsCounted);
    }
}
