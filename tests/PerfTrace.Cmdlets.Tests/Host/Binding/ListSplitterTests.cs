using PerfTrace.Host.Binding;

namespace PerfTrace.Tests.Host.Binding;

public sealed class ListSplitterTests
{
    [Theory]
    [InlineData("a", "a")]
    [InlineData("a,b", "a|b")]
    [InlineData("a,b,c", "a|b|c")]
    [InlineData("a,", "a|")]
    [InlineData("{cycles,instructions}:u", "{cycles,instructions}:u")]
    [InlineData("{cycles,instructions}:u,page-faults", "{cycles,instructions}:u|page-faults")]
    [InlineData("page-faults,{cycles,instructions}", "page-faults|{cycles,instructions}")]
    [InlineData("{a,{b,c},d},e", "{a,{b,c},d}|e")]
    [InlineData("{a,b", "{a,b")]
    [InlineData("cpu/event=0x3c,umask=1/", "cpu/event=0x3c,umask=1/")]
    [InlineData("cpu/event=1,umask=2/u,cycles", "cpu/event=1,umask=2/u|cycles")]
    [InlineData("cycles,uncore_imc_0/event=4,umask=3/,faults", "cycles|uncore_imc_0/event=4,umask=3/|faults")]
    [InlineData("{cpu/event=1,umask=2/,cycles}:u,x", "{cpu/event=1,umask=2/,cycles}:u|x")]
    [InlineData("/tmp/a,/tmp/b", "/tmp/a|/tmp/b")]
    [InlineData("/a,/b", "/a|/b")]
    [InlineData("uprobe:/bin/bash:readline,uprobe:/bin/zsh:main", "uprobe:/bin/bash:readline|uprobe:/bin/zsh:main")]
    [InlineData("./a/x,./b/y", "./a/x|./b/y")]
    [InlineData("logs/one,logs/two", "logs/one|logs/two")]
    [InlineData("cpu/cycles/,cpu/instructions/k", "cpu/cycles/|cpu/instructions/k")]
    public void SplitsAtCommasThatSeparate(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', ListSplitter.Split(QuotedText.Bare(text)).Select(part => part.Plain)));
}
