using PerfTrace.Host;

namespace PerfTrace.Tests.Host.Binding;

public sealed class ParameterNameTests
{
    [Theory]
    [InlineData("-Text x")]
    [InlineData("-TEXT x")]
    [InlineData("-Te x")]
    [InlineData("-Txt x")]
    [InlineData("-Message x")]
    [InlineData("-Mes x")]
    [InlineData("-Text:x")]
    public void NamesPrefixesAndAliases(string arguments) => Assert.Equal("x", TestHost.Bind($"Test-Types {arguments}")["Text"]);

    [Fact]
    public void AnExactNameWinsOverLongerOnes() => Assert.Equal(true, TestHost.Bind("Test-Types -Flag 1")["Flag"]);

    [Fact]
    public void AnAmbiguousPrefixListsTheCandidates()
    {
        HostResult result = TestHost.Run("Test-Types -Per");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("'Per' is ambiguous. Possible matches include: -PerCpu -PerCore.", result.StdErr, StringComparison.Ordinal);
    }

    [Fact]
    public void ACmdletsOwnParameterGoesBeforeACommonOne()
    {
        // -Deb begins -Debug, too.
        Assert.NotNull(TestHost.Bind("Test-Types -Deb")["Debris"]);
    }

    [Fact]
    public void CommonParametersArePrefixedLikeAllOthers()
    {
        Assert.Empty(TestHost.Run("Test-Error -ErrorA SilentlyContinue").Errors);
        HostResult result = TestHost.Run("Remove-Thing a -W");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("Possible matches include: -WhatIf -WarningAction.", result.StdErr, StringComparison.Ordinal);
    }

    [Fact]
    public void AnUnknownNameGetsTheNearestOne()
    {
        HostResult result = TestHost.Run("Test-Types -Cuont 5");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("A parameter cannot be found that matches parameter name 'Cuont'. Did you mean -Count?", result.StdErr, StringComparison.Ordinal);
    }

    [Fact]
    public void ANameFarFromAllGetsNoHint() =>
        Assert.DoesNotContain("Did you mean", TestHost.Run("Test-Types -Zzzzzz 5").StdErr, StringComparison.Ordinal);

    [Fact]
    public void TwiceTheSameParameterIsAnError() =>
        Assert.Equal("ParameterAlreadyBound", TestHost.UsageErrorOf("Test-Types -Text a -Message b"));

    [Theory]
    [InlineData("Test-Types -Text")]
    [InlineData("Test-Types -Text -Force")]
    public void AMissingValueIsAnError(string line) => Assert.Equal("MissingArgument", TestHost.UsageErrorOf(line));

    [Fact]
    public void AValueThatLooksLikeAParameterComesQuotedOrAfterAColon()
    {
        Assert.Equal("-Force", TestHost.Bind("Test-Types -Text '-Force'")["Text"]);
        Assert.Equal("-x", TestHost.Bind(["Test-Types", "-Text:-x"])["Text"]);
    }

    [Theory]
    [InlineData("Test-Types -Script x")]
    [InlineData("Test-Sets -ScriptBlock x")]
    public void ScriptBlocksNeedPowerShell(string line)
    {
        HostResult result = TestHost.Run(line);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("Script blocks need PowerShell", result.StdErr, StringComparison.Ordinal);
    }
}
