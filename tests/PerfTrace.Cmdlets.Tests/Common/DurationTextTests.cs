using PerfTrace.Commands;

namespace PerfTrace.Tests.Common;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData("1.5", 1500)]
    [InlineData("250ms", 250)]
    [InlineData("250 ms", 250)]
    [InlineData("2m", 120_000)]
    [InlineData("2min", 120_000)]
    [InlineData("5s", 5000)]
    [InlineData("3SEC", 3000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("00:00:02.5", 2500)]
    [InlineData("1e-1", 100)]
    [InlineData("0", 0)]
    public void Parses(string text, double milliseconds) => Assert.Equal(milliseconds, DurationText.Parse(text).TotalMilliseconds, 6);

    [Theory]
    [InlineData("-1")]
    [InlineData("")]
    [InlineData("ms")]
    [InlineData("1 fortnight")]
    [InlineData("1e300")]
    [InlineData("nan")]
    [InlineData("-00:00:01")]
    [InlineData("1,5")]
    public void Refuses(string text) => Assert.Throws<FormatException>(() => DurationText.Parse(text));
}
