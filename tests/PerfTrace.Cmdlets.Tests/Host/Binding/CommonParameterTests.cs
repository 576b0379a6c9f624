using PerfTrace.Host;

namespace PerfTrace.Tests.Host.Binding;

public sealed class CommonParameterTests
{
    [Fact]
    public void WithoutThemOnlyWarningsAndErrorsShow()
    {
        HostResult result = TestHost.Run("Test-Error");
        Assert.Equal("WARNING: look out\nTest-Error: It broke badly.\n  Mend it.\n", result.StdErr);
        Assert.Empty(result.Verbose);
    }

    [Theory]
    [InlineData("-Verbose", "VERBOSE: about to fail")]
    [InlineData("-vb", "VERBOSE: about to fail")]
    [InlineData("-Debug", "DEBUG: in depth")]
    [InlineData("-InformationAction Continue", "by the way")]
    public void MoreIsShownOnRequest(string arguments, string expected) =>
        Assert.Contains(expected, TestHost.Run($"Test-Error {arguments}").StdErr, StringComparison.Ordinal);

    [Fact]
    public void VerboseIsKeptForCallers() => Assert.Equal(["about to fail"], TestHost.Run("Test-Error -Verbose").Verbose);

    [Theory]
    [InlineData("Continue", 1, 1, true)]
    [InlineData("SilentlyContinue", 1, 0, true)]
    [InlineData("Ignore", 0, 0, true)]
    [InlineData("Stop", 1, 1, false)]
    public void ErrorActionDecidesWhatAnErrorDoes(string action, int exitCode, int errorsShown, bool goesOn)
    {
        HostResult result = TestHost.Run($"Test-Error -ErrorAction {action}");
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Equal(errorsShown, result.Errors.Count);
        Assert.Equal(goesOn, result.Objects.Contains("went on"));
    }

    [Fact]
    public void WarningActionDecidesWhatAWarningDoes()
    {
        Assert.Empty(TestHost.Run("Test-Error -WarningAction SilentlyContinue").Warnings);
        HostResult stopped = TestHost.Run("Test-Error -WarningAction Stop");
        Assert.StartsWith("ActionPreferenceStop", Assert.Single(stopped.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(stopped.Objects);
    }

    [Theory]
    [InlineData("-OutVariable x", "no variables")]
    [InlineData("-ev x", "no variables")]
    [InlineData("-PipelineVariable x", "no variables")]
    [InlineData("-OutBuffer 5", "never holds objects back")]
    [InlineData("-ErrorAction Inquire", "Inquire needs PowerShell")]
    public void WhatNeedsPowerShellIsRefusedWithTheReason(string arguments, string reason)
    {
        HostResult result = TestHost.Run($"Test-Error {arguments}");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(reason, result.StdErr, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIfIsThereOnlyForCmdletsThatChangeSomething() =>
        Assert.Equal("NamedParameterNotFound", TestHost.UsageErrorOf("Test-Error -WhatIf"));
}
