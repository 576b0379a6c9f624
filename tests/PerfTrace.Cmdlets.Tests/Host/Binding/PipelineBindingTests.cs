using PerfTrace.Host;
using PerfTrace.Tests.Host.TestCmdlets;

namespace PerfTrace.Tests.Host.Binding;

public sealed class PipelineBindingTests
{
    [Theory]
    [InlineData("Write-Item 5 | Test-Pipeline", "5/none/-1")]
    [InlineData("Write-Item '5' | Test-Pipeline", "5/none/-1")]
    [InlineData("Write-Item a -AsPair | Test-Pipeline", "-1/a/-1")]
    [InlineData("Write-Item k -AsThing | Test-Pipeline", "-1/k/7")]
    [InlineData("Write-Item k -AsThing -Wrapped | Test-Pipeline", "-1/k/7")]
    [InlineData("Write-Item 5 -Wrapped | Test-Pipeline", "5/none/-1")]
    [InlineData("Write-Item 5 | Test-Pipeline -Key given", "5/given/-1")]
    [InlineData("Write-Item k -AsThing | Test-Pipeline -Total 3", "-1/k/3")]
    public void BindsByValueAndByPropertyName(string line, string expected) =>
        Assert.Equal(expected, Assert.Single(TestHost.Run(line).Objects));

    [Fact]
    public void DefaultsComeBackForTheNextObject()
    {
        HostResult result = TestHost.Run("Write-Item k -AsThing | Test-Pipeline | Test-Pipeline");
        // The text of the first does not convert to a number, and a text's Length is nobody's property.
        Assert.StartsWith("InputObjectNotBound", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);

        result = TestHost.NewSession().Run("Write-Mixed | Test-Pipeline");
        Assert.Equal(["-1/k/7", "5/none/-1"], result.Objects);
    }

    [Fact]
    public void WhatCannotBeBoundIsOneErrorAndTheRestGoesOn()
    {
        HostResult result = TestHost.Run("Write-Item 1,many,3 | Test-Pipeline");
        Assert.Equal(["1/none/-1", "3/none/-1"], result.Objects);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("Test-Pipeline: The input object cannot be bound to any parameters", result.StdErr, StringComparison.Ordinal);
        Assert.Equal("many", Assert.Single(result.Errors).TargetObject?.ToString());
    }

    [Fact]
    public void AnExactTypeGoesBeforeAConversion()
    {
        HostResult result = TestHost.Run("Write-Item 5,five | Test-NoDefault");
        Assert.Equal(["ById", "ByName"], result.Objects.Select(value => ((BindingResult)value!).ParameterSetName));
    }

    [Fact]
    public void TheCommandLineNarrowsTheSets()
    {
        HostResult result = TestHost.Run("Write-Item 5 | Test-NoDefault -Exact");
        var bound = Assert.IsType<BindingResult>(Assert.Single(result.Objects));
        Assert.Equal("ByName", bound.ParameterSetName);
        Assert.Equal("5", bound["Name"]);
    }

    [Fact]
    public void AliasesNameProperties()
    {
        HostResult result = TestHost.Run("Write-Item k -AsThing | Test-Sets");
        var bound = Assert.IsType<BindingResult>(Assert.Single(result.Objects));
        Assert.Equal("Process", bound.ParameterSetName);
        Assert.Equal([42], bound.Get<int[]>("ProcessId"));
    }

    [Fact]
    public void MandatoryParametersThatNoInputCanGiveAreDueAtOnce()
    {
        HostResult result = TestHost.Run("Write-Item k -AsThing | Test-Sets -Cpu 1");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("missing mandatory parameters: Duration.", result.StdErr, StringComparison.Ordinal);
    }

    [Fact]
    public void MandatoryParametersThatInputCouldGiveAreDueWithIt()
    {
        HostResult result = TestHost.Run("Write-Item a=b | Test-Sets -Duration 1");
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("InputObjectMissingMandatory", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void AValidationThatObjectsIsAnErrorOfThatObject()
    {
        HostResult result = TestHost.Run("Write-Item 99,2 | Test-Transformation");
        Assert.Single(result.Objects);
        Assert.StartsWith("ParameterArgumentValidationError", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void NoInputMeansNoProcessRecord() => Assert.Empty(TestHost.Run("Write-Item | Test-Pipeline").Objects);
}
