using PerfTrace.Host;
using PerfTrace.Tests.Host.TestCmdlets;

namespace PerfTrace.Tests.Host.Binding;

/// <summary>What stands after <c>--</c>.</summary>
public sealed class CommandTailTests
{
    [Fact]
    public void IsACommandAndItsArguments()
    {
        BindingResult bound = TestHost.Bind(["Test-Run", "here", "--", "ls", "-Where", "a,b", "--", "007", ""]);
        Assert.Equal("here", bound["Where"]);
        Assert.Equal("ls", bound["Command"]);
        Assert.Equal(["-Where", "a,b", "--", "007", ""], bound.Get<string[]>("ArgumentList"));
    }

    [Fact]
    public void ACommandAloneLeavesTheArgumentsUnbound() => Assert.Null(TestHost.Bind(["Test-Run", "--", "ls"])["ArgumentList"]);

    [Fact]
    public void EndsAtThePipe()
    {
        HostResult result = TestHost.Run("Test-Run -- echo 'a b' | Write-Item x");
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("InputObjectNotBound", result.Errors[0].FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void ACmdletThatRunsNothingRefusesIt()
    {
        HostResult result = TestHost.Run(["Test-Types", "--", "ls"]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("Test-Types does not run a command", result.StdErr, StringComparison.Ordinal);
    }

    [Fact]
    public void NothingAfterItIsAnError() => Assert.Equal("MissingArgument", TestHost.UsageErrorOf("Test-Run --"));

    [Fact]
    public void ASecondCommandIsAnError() => Assert.Equal("ParameterAlreadyBound", TestHost.UsageErrorOf("Test-Run -Command a -- b"));

    [Fact]
    public void AnotherSetContradictsIt() => Assert.Equal("AmbiguousParameterSet", TestHost.UsageErrorOf("Test-Sets -ProcessId 1 -- ls"));
}
