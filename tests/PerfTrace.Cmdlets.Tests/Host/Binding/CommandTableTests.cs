using PerfTrace.Host;
using PerfTrace.Host.Binding;

namespace PerfTrace.Tests.Host.Binding;

public sealed class CommandTableTests
{
    private readonly CommandTable _table = new(typeof(CommandTableTests).Assembly);

    [Fact]
    public void NamesAreSortedAndComeFromTheAttributes()
    {
        Assert.Contains("Test-Sets", _table.Names);
        Assert.DoesNotContain(_table.Names, name => name.Contains("Recording", StringComparison.Ordinal));
        Assert.Equal(_table.Names.Order(StringComparer.OrdinalIgnoreCase), _table.Names);
    }

    [Theory]
    [InlineData("Test-Sets")]
    [InlineData("test-sets")]
    [InlineData("tset")]
    public void NamesAndAliasesAreFoundInAnyCase(string name) => Assert.Equal("Test-Sets", _table.Find(name).Name);

    [Fact]
    public void AnUnknownNameIsBadUsageWithAHint()
    {
        HostResult result = TestHost.Run(["Test-Stes"]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("'Test-Stes' is not recognized as the name of a PerfTrace cmdlet. Did you mean Test-Sets?", result.StdErr, StringComparison.Ordinal);
    }

    [Fact]
    public void PowerShellsOwnCmdletsAreNotHere() =>
        Assert.Contains("it is not a PowerShell", TestHost.Run("Write-Item 1 | Where-Object x").StdErr, StringComparison.Ordinal);

    [Fact]
    public void NothingRunsIfALaterCmdletIsUnknown()
    {
        HostResult result = TestHost.Run("Write-Item 1 | Nothing-Known");
        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Objects);
    }
}
