using PerfTrace.Host;

namespace PerfTrace.Tests.Host.Binding;

public sealed class TransformationTests
{
    [Theory]
    [InlineData("-Amount 5", 10.0)]
    [InlineData("-Amount 0.5", 1.0)]
    [InlineData("-Amount 0x10", 32.0)]
    public void SeeNumbersAsNumbers(string arguments, double expected) =>
        Assert.Equal(expected, TestHost.Bind($"Test-Transformation {arguments}")["Amount"]);

    [Fact]
    public void SeeAListAsAWhole() => Assert.Equal([2, 4], TestHost.Bind("Test-Transformation -Amounts 1,2").Get<int[]>("Amounts"));

    [Fact]
    public void SeeTextWhereTheParameterIsText() => Assert.Equal("021", TestHost.Bind("Test-Transformation -Word 120")["Word"]);

    [Fact]
    public void RunBeforeValidation() => Assert.Equal("ParameterArgumentValidationError", TestHost.UsageErrorOf("Test-Transformation -Amount 51"));

    [Fact]
    public void WhatTheyRefuseNamesTheParameter()
    {
        HostResult result = TestHost.Run("Test-Transformation -Amount much");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("Cannot process argument transformation on parameter 'Amount'. 'much' cannot be doubled.", result.StdErr, StringComparison.Ordinal);
    }

    [Fact]
    public void ApplyToThePipelineToo()
    {
        HostResult result = TestHost.Run("Write-Item 1,2 | Test-Transformation");
        Assert.Equal([2.0, 4.0], result.Objects.Select(value => ((TestCmdlets.BindingResult)value!)["Amount"]));
    }
}
