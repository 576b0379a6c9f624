using System.Management.Automation;
using PerfTrace.Profiles;

namespace PerfTrace.Tests.Profiles;

[Collection(CmdletCollection.Name)]
public sealed class GetPerfReportCommandTests : CmdletFixture
{
    private const string Stacks = "ConvertFrom-FoldedStack 'app;main;f 30', 'app;main;g;f 45', 'sh;main 25' | ";

    [Fact]
    public void Rows_come_with_the_heaviest_first()
    {
        var rows = Run(Stacks + "Get-PerfReport").Objects.Cast<PerfReportEntry>().ToList();

        Assert.Equal([("app", "f", 75, 75), ("app", "main", 0, 75), ("app", "g", 0, 45), ("sh", "main", 25, 25)], rows.Select(r => (r.Command!, r.Symbol!, r.SelfPercent, r.ChildrenPercent)));
    }

    [Theory]
    [InlineData("-GroupBy Command", "app sh")]
    [InlineData("-GroupBy command, SYMBOL -MinPercent 40", "app,f app,main app,g")]
    [InlineData("-Command s*", "sh,,main")]
    [InlineData("-Symbol g", "app,,g")]
    [InlineData("-Symbol none", "")]
    [InlineData("-ProcessId 4", "")]
    public void Keys_and_filters(string options, string names) =>
        Assert.Equal(names.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Run(Stacks + "Get-PerfReport " + options).Objects.Select(o => ((PerfReportEntry)(o is PSObject p ? p.BaseObject : o!)).Name.Replace(", ", ",", StringComparison.Ordinal)));

    [Fact]
    public void A_call_tree_is_drawn_from_its_root()
    {
        var nodes = Run(Stacks + "Get-PerfReport -CallTree").Objects.Cast<PerfCallTreeNode>().ToList();
        Assert.Equal(["all", "├─app", "│ └─main", "│   ├─g", "│   │ └─f", "│   └─f", "└─sh", "  └─main"], nodes.Select(n => n.Tree));

        nodes = [.. Run(Stacks + "Get-PerfReport -Inverted -MinPercent 40").Objects.Cast<PerfCallTreeNode>()];
        Assert.Equal(["all", "f", "g", "main", "app"], nodes.Select(n => n.Symbol));
    }

    [Fact]
    public void Bad_input_is_a_specific_error()
    {
        var result = Host.Run(Stacks + "Get-PerfReport -GroupBy Command, prev_comm");
        Assert.StartsWith("GroupKeyNotFound,", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(2, result.Objects.Count);
        result = Host.Run(Stacks + "Get-PerfReport -GroupBy no_such_field");
        Assert.StartsWith("GroupKeyNotFound,", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(result.Objects);

        Fail("Get-PerfReport -InputObject 5", "InvalidInput", ErrorCategory.InvalidType);
    }

    [Fact]
    public void What_can_not_be_weighed_is_told()
    {
        var result = Host.Run(Stacks + "Get-PerfReport -OffCpu");
        Assert.Contains("sched:sched_switch", result.StdErr, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stop_ends_it()
    {
        Host.ObjectWritten = _ => Host.Stop();

        var result = Host.Run(Stacks + "Get-PerfReport");

        Assert.Equal((130, 1), (result.ExitCode, result.Objects.Count));
    }
}
