using PerfTrace.Host;

namespace PerfTrace.Tests.Host.Binding;

public sealed class ParameterSetTests
{
    [Theory]
    [InlineData("Test-Sets", "Command")]
    [InlineData("Test-Sets ls", "Command")]
    [InlineData("Test-Sets -ProcessId 1", "Process")]
    [InlineData("Test-Sets -Cpu 0 -Duration 1", "Cpu")]
    [InlineData("Test-Sets -ProcessId 1 -Duration 1", "Process")]
    [InlineData("Test-NoDefault -Exact -Name x", "ByName")]
    [InlineData("Test-NoDefault -Id 1", "ById")]
    [InlineData("Test-Types", "__AllParameterSets")]
    public void IsChosenByWhatIsGiven(string line, string expected) => Assert.Equal(expected, TestHost.Bind(line).ParameterSetName);

    [Theory]
    [InlineData("Test-Sets -ProcessId 1 -Cpu 0 -Duration 1", "-ProcessId, -Cpu, -Duration")]
    [InlineData("Test-NoDefault -Id 1 -Name x", "-Id, -Name")]
    [InlineData("Test-NoDefault", "")]
    [InlineData("Test-NoDefault -Quick", "-Quick")]
    public void ContradictoryOrTooFewParametersCannotBeResolved(string line, string given)
    {
        HostResult result = TestHost.Run(line);
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("AmbiguousParameterSet", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("Parameter set cannot be resolved", result.StdErr, StringComparison.Ordinal);
        if (given.Length > 0)
            Assert.Contains($"Given: {given}.", result.StdErr, StringComparison.Ordinal);
    }

    [Fact]
    public void ASetBehindAScriptBlockIsNeverChosen()
    {
        // Without the hidden set, -Duration leaves Process and Cpu, and neither is complete.
        HostResult result = TestHost.Run("Test-Sets -Duration 1");
        Assert.Equal(2, result.ExitCode);
        Assert.DoesNotContain("ScriptBlock", result.StdErr, StringComparison.Ordinal);
    }
}
