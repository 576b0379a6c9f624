using PerfTrace.Perf;

namespace PerfTrace.Tests.Perf.Catalogue;

public class NamePatternTests
{
    [Theory]
    [InlineData("*", "", true)]
    [InlineData("*", "anything", true)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("sched:*", "sched:sched_switch", true)]
    [InlineData("sched:*", "schedx:sched_switch", false)]
    [InlineData("*switch", "sched:sched_switch", true)]
    [InlineData("*switch", "sched:sched_switch_x", false)]
    [InlineData("*s*t*h", "sched_switch", true)]
    [InlineData("a*b*c", "aXbXbXc", true)]
    [InlineData("a*b*c", "aXbXb", false)]
    [InlineData("?", "a", true)]
    [InlineData("?", "", false)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a?c", "ac", false)]
    [InlineData("sys_[eo]*", "sys_enter", true)]
    [InlineData("sys_[eo]*", "sys_xit", false)]
    [InlineData("cpu[0-9]", "cpu7", true)]
    [InlineData("cpu[0-9]", "cpux", false)]
    [InlineData("cpu[0-9a]", "cpua", true)]
    [InlineData("[a-", "[a-", true)]
    [InlineData("[]", "[]", true)]
    [InlineData("CYCLES", "cycles", true)]
    [InlineData("[A-C]x", "bX", true)]
    public void Matches(string pattern, string name, bool expected) => Assert.Equal(expected, NamePattern.IsMatch(pattern, name));

    [Fact]
    public void ManyStarsDoNotTakeForEver()
    {
        string pattern = string.Concat(Enumerable.Repeat("a*", 60)) + "b", name = new('a', 5000);
        long start = Environment.TickCount64;

        Assert.False(NamePattern.IsMatch(pattern, name));

        Assert.True(Environment.TickCount64 - start < 2000);
    }
}
