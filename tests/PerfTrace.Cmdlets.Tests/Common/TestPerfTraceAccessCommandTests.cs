using System.Management.Automation;
using System.Reflection;
using PerfTrace.Access;
using PerfTrace.Host;

namespace PerfTrace.Tests.Common;

[Collection(CmdletCollection.Name)]
public sealed class TestPerfTraceAccessCommandTests : CmdletFixture
{
    [Fact]
    public void Features_are_chosen_by_name_and_family()
    {
        Assert.Equal(["OwnProcesses", "OwnProcessesKernel", "Btf"], Run("Test-PerfTraceAccess own*, btf").Objects.Cast<PerfTraceAccess>().Select(a => a.Feature));
        Assert.All(Run("Test-PerfTraceAccess -Family Symbols, Perf").Objects.Cast<PerfTraceAccess>(), a => Assert.Contains(a.Family, (AccessFamily[])[AccessFamily.Perf, AccessFamily.Symbols]));
        Assert.Empty(Run("Test-PerfTraceAccess btf -Family Perf").Objects);
    }

    [Fact]
    public void A_wrong_name_is_an_error_and_the_rest_is_tried()
    {
        HostResult result = Host.Run("Test-PerfTraceAccess Bft, OwnProcesses, none*");

        ErrorRecord error = Assert.Single(result.Errors);
        Assert.StartsWith("FeatureNotFound,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("Did you mean Btf?", error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal("OwnProcesses", Assert.IsType<PerfTraceAccess>(Assert.Single(result.Objects)).Feature);
    }

    [Fact]
    public void The_cmdlets_that_need_a_feature_are_there()
    {
        string[] cmdlets = [.. typeof(HostSession).Assembly.GetTypes().Select(t => t.GetCustomAttribute<CmdletAttribute>()).OfType<CmdletAttribute>().Select(a => $"{a.VerbName}-{a.NounName}")];

        // What needs PowerShell itself is not in the host.
        Assert.Empty(AccessFeatures.Try(static (_, _) => true).SelectMany(a => a.Cmdlets).Distinct().Except(cmdlets).Except(["Register-TracepointEvent"]));
    }

    [Fact]
    public void A_stop_ends_it()
    {
        Host.ObjectWritten = _ => Host.Stop();

        Assert.Single(Host.Run("Test-PerfTraceAccess").Objects);
    }
}
