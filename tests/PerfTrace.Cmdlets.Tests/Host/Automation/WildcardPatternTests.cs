using System.Management.Automation;

namespace PerfTrace.Tests.Host.Automation;

/// <summary>A table of what PowerShell 7 answers to <c>[WildcardPattern]::new(pattern, options).IsMatch(text)</c>.</summary>
public sealed class WildcardPatternTests
{
    [Theory]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("*", "", true)]
    [InlineData("*", "anything", true)]
    [InlineData("sched:*", "sched:sched_switch", true)]
    [InlineData("sched:*", "sched", false)]
    [InlineData("*switch", "sched:sched_switch", true)]
    [InlineData("*a*b*", "xaxxbx", true)]
    [InlineData("*a*b*", "xbxxax", false)]
    [InlineData("*aab", "aaaab", true)]
    [InlineData("a*b*c", "abcbc", true)]
    [InlineData("a*b*c", "abcb", false)]
    [InlineData("?", "a", true)]
    [InlineData("?", "", false)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a?c", "ac", false)]
    [InlineData("**", "x", true)]
    [InlineData("[abc]x", "bx", true)]
    [InlineData("[abc]x", "dx", false)]
    [InlineData("[a-c]", "b", true)]
    [InlineData("[a-c]", "-", false)]
    [InlineData("[a-]", "-", true)]
    [InlineData("[-a]", "-", true)]
    [InlineData("[a`-c]", "-", true)]
    [InlineData("[a`-c]", "b", false)]
    [InlineData("[]]", "]", true)]
    [InlineData("[]a]", "a", true)]
    [InlineData("[`]]", "]", true)]
    [InlineData("[!a]", "!", true)]
    [InlineData("[!a]", "b", false)]
    [InlineData("[^a]", "b", false)]
    [InlineData("]", "]", true)]
    [InlineData("`*", "*", true)]
    [InlineData("`*", "x", false)]
    [InlineData("`[a]", "[a]", true)]
    [InlineData("``", "`", true)]
    [InlineData("a`", "a`", true)]
    [InlineData("`a", "a", true)]
    [InlineData("a.c", "abc", false)]
    [InlineData("(a|b)", "a", false)]
    [InlineData("a\nb*", "a\nbc", true)]
    public void MatchesAsPowerShellDoes(string pattern, string text, bool expected) =>
        Assert.Equal(expected, new WildcardPattern(pattern).IsMatch(text));

    [Theory]
    [InlineData("A*", "abc", WildcardOptions.None, false)]
    [InlineData("A*", "abc", WildcardOptions.IgnoreCase, true)]
    [InlineData("[A-C]", "b", WildcardOptions.IgnoreCase, true)]
    [InlineData("[A-C]", "b", WildcardOptions.None, false)]
    [InlineData("[a-c]", "B", WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant, true)]
    public void CaseCountsUnlessIgnored(string pattern, string text, WildcardOptions options, bool expected) =>
        Assert.Equal(expected, new WildcardPattern(pattern, options).IsMatch(text));

    [Theory]
    [InlineData("[a")]
    [InlineData("[")]
    [InlineData("[]")]
    [InlineData("[z-a]")]
    public void InvalidPatternsThrow(string pattern) => Assert.Throws<WildcardPatternException>(() => new WildcardPattern(pattern));

    [Fact]
    public void NullIsNeverMatched() => Assert.False(new WildcardPattern("*").IsMatch(null!));

    [Theory]
    [InlineData("abc", false)]
    [InlineData("a*", true)]
    [InlineData("a?", true)]
    [InlineData("a]", true)]
    [InlineData("[a", true)]
    [InlineData("`*", false)]
    [InlineData("`**", true)]
    [InlineData("", false)]
    public void KnowsWildcardsFromText(string pattern, bool expected) => Assert.Equal(expected, WildcardPattern.ContainsWildcardCharacters(pattern));

    [Theory]
    [InlineData("a*b?[c]`d")]
    [InlineData("plain")]
    public void EscapedTextMatchesItselfOnly(string text)
    {
        string escaped = WildcardPattern.Escape(text);
        Assert.True(new WildcardPattern(escaped).IsMatch(text));
        Assert.False(WildcardPattern.ContainsWildcardCharacters(escaped));
        Assert.Equal(text, WildcardPattern.Unescape(escaped));
    }
}
