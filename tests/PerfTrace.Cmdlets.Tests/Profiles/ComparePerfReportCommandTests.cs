using System.Management.Automation;
using PerfTrace.Profiles;

namespace PerfTrace.Tests.Profiles;

// The host has no variables to keep a baseline in: the module's tests compare what was read.
[Collection(CmdletCollection.Name)]
public sealed class ComparePerfReportCommandTests : CmdletFixture
{
    [Fact]
    public void What_is_no_baseline_is_an_error_and_the_rest_is_compared()
    {
        var result = Host.Run("ConvertFrom-FoldedStack 'app;f 1', 'app;g 3' | Compare-PerfReport 5");

        Assert.StartsWith("InvalidInput,", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal([("g", 75), ("f", 25)], result.Objects.Cast<PerfReportDifference>().Select(d => (d.Symbol!, d.Delta)));
    }

    [Fact]
    public void A_stop_ends_it()
    {
        Host.ObjectWritten = _ => Host.Stop();

        Assert.Single(Host.Run("ConvertFrom-FoldedStack 'app;f 1', 'app;g 3' | Compare-PerfReport 5").Objects);
    }
}
