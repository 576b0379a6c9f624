using PerfTrace.Tests.Host.TestCmdlets;

namespace PerfTrace.Tests.Host.Binding;

public sealed class PositionalBindingTests
{
    [Fact]
    public void ArgumentsFillPositionsInOrderAroundNamedOnes()
    {
        BindingResult bound = TestHost.Bind("Test-Mandatory -Second x,y first");
        Assert.Equal("first", bound["First"]);
        Assert.Equal(["x", "y"], bound.Get<string[]>("Second"));
    }

    [Fact]
    public void AParameterBoundByNameGivesItsPositionUp() =>
        Assert.Equal("PositionalParameterNotFound", TestHost.UsageErrorOf("Test-Mandatory -First a -Second b c"));

    [Fact]
    public void OneArgumentTooManyIsAnError() => Assert.Equal("PositionalParameterNotFound", TestHost.UsageErrorOf("Test-Types a b"));

    [Fact]
    public void ATypeThatNeedsNoConversionIsPreferred()
    {
        Assert.Equal("ById", TestHost.Bind("Test-NoDefault 5").ParameterSetName);
        Assert.Equal("ByName", TestHost.Bind("Test-NoDefault five").ParameterSetName);
        Assert.Equal("ByName", TestHost.Bind("Test-NoDefault '5'").ParameterSetName);
    }

    [Fact]
    public void ANamedParametersSetDecidesThePosition() =>
        Assert.Equal("5", TestHost.Bind("Test-NoDefault 5 -Exact")["Name"]);

    [Fact]
    public void AConversionThatFailsIsTheErrorToReport() =>
        Assert.Equal("CannotConvertArgumentNoMessage", TestHost.UsageErrorOf("Test-Position abc"));
}
