using System.Management.Automation;

namespace PerfTrace.Tests.Profiles;

[Collection(CmdletCollection.Name)]
public sealed class ShowFlameGraphCommandTests : CmdletFixture
{
    private const string Stacks = "ConvertFrom-FoldedStack 'app;main;f 30', 'app;main;g 10' | ";

    [Fact]
    public void It_draws_text()
    {
        var rows = Run(Stacks + "Show-FlameGraph -AsText -Columns 40").Objects.Cast<string>().ToList();

        Assert.Equal(["│f····························│g········", "│main···································", "│app····································", "│all: 40 samples························"], rows);
        rows.Reverse();
        Assert.Equal(rows, Run(Stacks + "Show-FlameGraph -AsText -Columns 40 -Icicle").Objects);
    }

    [Fact]
    public void Nothing_to_draw_is_an_error() => Fail(Stacks + "Show-FlameGraph -AsText -Symbol none", "NoSamples", ErrorCategory.ObjectNotFound);

    [Fact]
    public void A_stop_ends_it()
    {
        Host.ObjectWritten = _ => Host.Stop();

        Assert.Single(Host.Run(Stacks + "Show-FlameGraph -AsText").Objects);
    }
}
