using PerfTrace.Host;

namespace PerfTrace.Tests.Host.Binding;

public sealed class ValidationTests
{
    [Theory]
    [InlineData("-Set one,TWO")]
    [InlineData("-Range 1")]
    [InlineData("-Range 10.0")]
    [InlineData("-Several 1,2")]
    [InlineData("-Length abcd")]
    [InlineData("-Pattern a,CAB")]
    [InlineData("-Filled a")]
    [InlineData("-Present 0")]
    public void WhatFitsPasses(string arguments) => TestHost.Bind($"Test-Validation {arguments}");

    [Theory]
    [InlineData("-Set One,three", "Set", "\"three\" does not belong to the set \"One,Two\"")]
    [InlineData("-Range 0.5", "Range", "less than the minimum allowed range of 1")]
    [InlineData("-Range 11", "Range", "greater than the maximum allowed range of 10")]
    [InlineData("-Several 1", "Several", "at least 2 value(s)")]
    [InlineData("-Several 1,2,3,4", "Several", "exceeds the maximum number of allowed arguments (3)")]
    [InlineData("-Length a", "Length", "too short")]
    [InlineData("-Length abcde", "Length", "too long")]
    [InlineData("-Pattern abcd", "Pattern", "does not match the \"^[a-c]+$\" pattern")]
    [InlineData("-Filled ''", "Filled", "empty")]
    [InlineData("-Filled a,''", "Filled", "empty")]
    [InlineData("-Filled $null", "Filled", "null")]
    [InlineData("-Present $null", "Present", "null")]
    public void WhatDoesNotFitIsBadUsage(string arguments, string parameter, string message)
    {
        HostResult result = TestHost.Run($"Test-Validation {arguments}");
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("ParameterArgumentValidationError", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains($"Cannot validate argument on parameter '{parameter}'.", result.StdErr, StringComparison.Ordinal);
        Assert.Contains(message, result.StdErr, StringComparison.Ordinal);
    }

    [Fact]
    public void ASetterMayObject() =>
        Assert.Contains("Cannot bind parameter 'Picky' to the target. The setter does not like it.", TestHost.Run("Test-Validation -Picky bad").StdErr, StringComparison.Ordinal);
}
