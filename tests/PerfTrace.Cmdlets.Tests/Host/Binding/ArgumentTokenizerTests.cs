using PerfTrace.Host.Binding;

namespace PerfTrace.Tests.Host.Binding;

/// <summary>Arguments that a shell has split: its quotes are gone, but not its splitting.</summary>
public sealed class ArgumentTokenizerTests
{
    [Fact]
    public void SpacesWithinAnArgumentDoNotSplitIt()
    {
        CommandCall call = ArgumentTokenizer.Tokenize(["Get-X", "a b"]);
        Assert.Equal("a b", Assert.IsType<ArgumentToken>(Assert.Single(call.Tokens)).Text);
    }

    [Fact]
    public void QuotesAreOrdinaryCharacters()
    {
        CommandCall call = ArgumentTokenizer.Tokenize(["Get-X", "'a'"]);
        Assert.Equal("'a'", Assert.IsType<ArgumentToken>(Assert.Single(call.Tokens)).Words[0].Text);
    }

    [Fact]
    public void DollarsAndBracesAreOrdinaryCharacters()
    {
        CommandCall call = ArgumentTokenizer.Tokenize(["Get-X", "$x", "{ a }"]);
        Assert.Equal(["$x", "{ a }"], call.Tokens.Select(token => token.Text));
    }

    [Fact]
    public void CommasJoinNeighbours()
    {
        CommandCall call = ArgumentTokenizer.Tokenize(["Get-X", "a,", "b", ",c", ",", "d"]);
        var list = Assert.IsType<ArgumentToken>(Assert.Single(call.Tokens));
        Assert.Equal(["a", "b", "c", "d"], list.Words.Select(word => word.Text));
    }

    [Fact]
    public void AnEmptyArgumentIsAnEmptyText()
    {
        CommandCall call = ArgumentTokenizer.Tokenize(["Get-X", ""]);
        Assert.Equal(new Word("", IsQuoted: true), Assert.Single(Assert.IsType<ArgumentToken>(Assert.Single(call.Tokens)).Words));
    }

    [Fact]
    public void AllAfterTwoDashesIsACommand()
    {
        CommandCall call = ArgumentTokenizer.Tokenize(["Get-X", "-Force", "--", "ls", "--", "-la", "a,b", "|"]);
        Assert.Equal("Force", Assert.IsType<ParameterToken>(call.Tokens[0]).Name);
        Assert.Equal(["ls", "--", "-la", "a,b", "|"], Assert.IsType<CommandLineToken>(call.Tokens[1]).Arguments);
    }

    [Theory]
    [InlineData("--output")]
    [InlineData("--output=csv")]
    public void TheOutputOptionIsToldItsPlace(string option) =>
        Assert.Contains("before the name of the cmdlet", Assert.Throws<UsageException>(() => ArgumentTokenizer.Tokenize(["Get-X", option])).Message, StringComparison.Ordinal);
}
