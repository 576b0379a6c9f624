using PerfTrace.Host.Help;

namespace PerfTrace.Tests.Host.Help;

public sealed class MarkdownTextTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("**bold** word", "bold word")]
    [InlineData("`sched:*` and `**x**`", "sched:* and **x**")]
    [InlineData("see [Get-X](Get-X.md)", "see Get-X")]
    [InlineData("see [man](https://man7.org/x)", "see man (https://man7.org/x)")]
    [InlineData(@"\<Int32\[\]\>", "<Int32[]>")]
    [InlineData("an open ` tick", "an open ` tick")]
    [InlineData("[not a link]", "[not a link]")]
    public void InlineMarksGo(string markdown, string expected) => Assert.Equal(expected, MarkdownText.Inline(markdown));

    [Fact]
    public void BlocksAreLaidOut() => Assert.Equal(
        "Title\n\nText.\n\n    code **as is**\n\n    more\n\n- item\n",
        MarkdownText.Render("# Title\n\nText.\n\n```powershell\ncode **as is**\n\nmore\n```\n\n\n- item\n", hasColor: false));

    [Fact]
    public void HeadingsAreBoldOnATerminal() => Assert.Equal("\e[1mTitle\e[0m\n#no heading\n", MarkdownText.Render("## Title\n#no heading", hasColor: true));
}
