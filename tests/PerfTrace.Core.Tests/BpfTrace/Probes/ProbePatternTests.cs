using PerfTrace.BpfTrace;

namespace PerfTrace.Tests.BpfTrace.Probes;

public sealed class ProbePatternTests
{
    [Theory]
    [InlineData("a*c", "abc", true)]
    [InlineData("a?c", "ac", false)]
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[!a-c]x", "bx", false)]
    [InlineData("[a\\d]*", "\\x", true)]
    [InlineData("[a\\d]*", "5", false)]
    [InlineData("[[]*", "[x", true)]
    [InlineData("[c-a]*", "b", false)]
    [InlineData("[!c-a]*", "b", true)]
    [InlineData("[a-]*", "-", true)]
    [InlineData("a[]*", "a[]b", true)]
    [InlineData("a[!]*", "a[!]", true)]
    [InlineData("a[*", "a[b", true)]
    public void NamesAreLikeThePatternOrNot(string pattern, string name, bool isLike) => Assert.Equal(isLike, ProbePattern.Of(pattern)(name));
}
