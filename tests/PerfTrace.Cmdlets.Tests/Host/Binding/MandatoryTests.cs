using PerfTrace.Host;

namespace PerfTrace.Tests.Host.Binding;

public sealed class MandatoryTests
{
    [Fact]
    public void AllThatIsMissingIsNamed()
    {
        HostResult result = TestHost.Run("Test-Mandatory");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("one or more missing mandatory parameters: First Second.", result.StdErr, StringComparison.Ordinal);
    }

    [Fact]
    public void TheChosenSetsParametersCount() => Assert.Equal("MissingMandatoryParameter", TestHost.UsageErrorOf("Test-Sets -Cpu 0"));

    [Theory]
    [InlineData("Test-Mandatory '' -Second a", "ParameterArgumentValidationErrorEmptyStringNotAllowed")]
    [InlineData("Test-Mandatory a -Second '',b", "ParameterArgumentValidationErrorEmptyStringNotAllowed")]
    [InlineData("Test-Mandatory a -Second $null", "ParameterArgumentValidationErrorNullNotAllowed")]
    public void MandatoryMeansNotEmpty(string line, string errorId) => Assert.Equal(errorId, TestHost.UsageErrorOf(line));

    [Fact]
    public void UnlessAnAttributeAllowsIt() => Assert.Equal("", TestHost.Bind("Test-NoDefault -Name ''")["Name"]);
}
