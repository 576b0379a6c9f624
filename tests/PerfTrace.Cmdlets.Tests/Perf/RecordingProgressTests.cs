using System.Globalization;
using PerfTrace.Commands;

namespace PerfTrace.Tests.Perf;

public sealed class RecordingProgressTests
{
    [Theory]
    [InlineData("en-US", "3 s, 1,234 samples, 1.5 MiB, 2,000 lost")]
    [InlineData("de-DE", "3 s, 1.234 samples, 1,5 MiB, 2.000 lost")]
    public void NumbersAreInTheCurrentCulture(string culture, string expected)
    {
        CultureInfo.CurrentCulture = new CultureInfo(culture);
        Assert.Equal(expected, RecordingProgress.Describe(TimeSpan.FromSeconds(3), 1234, 3 << 19, 2000));
    }

    [Fact]
    public void NoLossIsNotMentioned()
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        Assert.Equal("0 s, 0 samples, 0.0 MiB", RecordingProgress.Describe(TimeSpan.Zero, 0, 0, 0));
    }
}
