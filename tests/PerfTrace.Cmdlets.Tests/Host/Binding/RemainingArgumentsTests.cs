using PerfTrace.Host;
using PerfTrace.Tests.Host.TestCmdlets;

namespace PerfTrace.Tests.Host.Binding;

public sealed class RemainingArgumentsTests
{
    [Fact]
    public void TakeWhatIsLeftAsItWasTyped()
    {
        BindingResult bound = TestHost.Bind(["Test-Sets", "ls", "-la", "/tmp", "a,b", "007"]);
        Assert.Equal("ls", bound["Command"]);
        Assert.Equal(["/tmp", "a,b", "007"], bound.Get<string[]>("ArgumentList")[1..]);
        Assert.Equal("-la", bound.Get<string[]>("ArgumentList")[0]);
    }

    [Fact]
    public void OneListIsTheList() => Assert.Equal(["a", "b"], TestHost.Bind("Test-Sets ls a,b").Get<string[]>("ArgumentList"));

    [Fact]
    public void AMistypedParameterBeforeTheCommandIsNoArgument()
    {
        HostResult result = TestHost.Run("Test-Sets -Proces 5 -Durasion 1");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("Did you mean -Duration?", result.StdErr, StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherSetLeavesThemUnbound() => Assert.Equal("PositionalParameterNotFound", TestHost.UsageErrorOf("Test-Sets -ProcessId 1 ls -la"));
}
