using System.Globalization;
using PerfTrace.Perf;
using PerfTrace.Profiles;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Profiles;

public sealed class CallTreeTests : IDisposable
{
    private readonly StackMaker _make = new();

    public void Dispose() => _make.Dispose();

    [Fact]
    public void Stacks_share_their_outer_frames()
    {
        PerfCallTreeNode root = Tree(new(), "main;a;b 5", "main;a 2", "main;c 3");

        Assert.Equal(["cpu-clock", "└─main", "  ├─a", "  │ └─b", "  └─c"], root.Walk().Select(n => n.Tree));
        Assert.Equal([(0, 10), (0, 10), (2, 7), (5, 5), (3, 3)], root.Walk().Select(n => (n.Self, n.Total)));
        Assert.Equal([100, 100, 70, 50, 30], root.Walk().Select(n => n.TotalPercent));
        Assert.Equal([0, 1, 2, 3, 2], root.Walk().Select(n => n.Depth));
        Assert.Null(root.Parent);
        Assert.Same(root, root.Children[0].Parent);
        Assert.Equal(["cpu-clock", "main", "a", "b"], root.Walk(40).Select(n => n.Symbol));
    }

    [Fact]
    public void Inverted_it_goes_from_the_function_that_ran_to_its_callers()
    {
        PerfCallTreeNode root = Tree(new() { IsInverted = true }, "main;a;f 5", "main;b;f 2", "main;b 3");

        Assert.Equal(["cpu-clock", "├─f", "│ ├─a", "│ │ └─main", "│ └─b", "│   └─main", "└─b", "  └─main"], root.Walk().Select(n => n.Tree));
        Assert.Equal([("f", 7), ("b", 3)], root.Children.Select(n => (n.Symbol, n.Total)));
    }

    [Fact]
    public void Keys_of_samples_are_the_outermost_nodes()
    {
        PerfCallTreeNode root = Tree(new() { Labels = [ReportKey.Of(ReportKeyKind.Command), ReportKey.Of(ReportKeyKind.Symbol), ReportKey.Of(ReportKeyKind.Thread)] }, "main 5");

        Assert.Equal(["cpu-clock", "app", "Thread 12", "main"], root.Walk().Select(n => n.Symbol));
        Assert.Equal([FrameKind.Label, FrameKind.Label, FrameKind.Label, FrameKind.User], root.Walk().Select(n => n.Kind));
    }

    [Fact]
    public void What_has_no_symbol_is_one_node_for_each_module() =>
        Assert.Equal(["cpu-clock", "[libz.so]", "[vdso]"], Tree(new(), "?libz.so;?[vdso] 5").Walk().Select(n => n.Symbol));

    [Fact]
    public void Events_have_trees_of_their_own()
    {
        var builder = new CallTreeBuilder(new());
        builder.Add(_make.Sample("a", 2));
        builder.Add(_make.Sample("b", 3, eventName: "page-faults"));
        builder.Add(FoldedStack.Parse("c 4"));

        Assert.Equal([("cpu-clock", 2), ("page-faults", 3), (null, 4)], builder.Trees.Select(t => (t.Event, t.Total)));
        Assert.Equal("all", builder.Trees[2].Root.Symbol);
    }

    [Fact]
    public void A_frame_that_is_asked_for_chooses_the_stacks_that_have_it()
    {
        PerfCallTreeNode root = Tree(new() { Filter = new SampleFilter { Symbols = ["b*"] } }, "main;a;b1 5", "main;a 2", "main;b2;c 3");

        Assert.Equal(8, root.Total);
    }

    [Fact]
    public void Samples_count_one_each_when_asked() => Assert.Equal(2, Tree(new() { CountsSamples = true }, "a 5", "b 7").Total);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Random_trees_add_up(bool isInverted)
    {
        var random = new Random(5);
        string[] stacks = [.. Enumerable.Range(0, 1_000).Select(_ => string.Join(';', Enumerable.Range(0, random.Next(1, 15)).Select(_ => $"f{random.Next(6)}")) + " " + random.Next(100))];
        PerfCallTreeNode root = Tree(new() { IsInverted = isInverted }, stacks);

        Assert.Equal(stacks.Sum(s => long.Parse(s.Split(' ')[1], CultureInfo.InvariantCulture)), root.Total);
        Assert.Equal(root.Total, root.Walk().Sum(n => n.Self));
        Assert.Equal(1_000, root.Samples);
        foreach (PerfCallTreeNode node in root.Walk())
        {
            Assert.Equal(node.Total, node.Self + node.Children.Sum(c => c.Total));
            Assert.Equal(node.Children.Select(c => c.Symbol).Distinct().Count(), node.Children.Count);
        }
    }

    [Fact]
    public void Folding_and_reading_again_gives_the_same_tree()
    {
        var builder = new CallTreeBuilder(new() { Labels = [ReportKey.Of(ReportKeyKind.Command)] });
        foreach (string stack in (string[])["main;operator new(unsigned long);x_[k]", "main;a<b, c>::d", "main", "main;a;b;a"])
            builder.Add(_make.Sample(stack, 3));
        string[] lines = [.. FoldedStacks.Of(builder.Trees[0], marksKernel: true).Select(s => s.ToString())];

        var again = new CallTreeBuilder(new());
        foreach (string line in lines)
            again.Add(FoldedStack.Parse(line));

        Assert.Equal("app;main;operator new(unsigned long);x_[k] 3", lines[^1]);
        Assert.Equal(builder.Trees[0].Root.Walk().Skip(1).Select(n => (n.Tree, n.Total)), again.Trees[0].Root.Walk().Skip(1).Select(n => (n.Tree, n.Total)));
        Assert.Equal(lines, FoldedStacks.Of(again.Trees[0], marksKernel: true).Select(s => s.ToString()));
    }

    private PerfCallTreeNode Tree(CallTreeOptions options, params string[] stacks)
    {
        var builder = new CallTreeBuilder(options);
        foreach (string stack in stacks)
            builder.Add(_make.Sample(stack.Split(' ')[0], long.Parse(stack.Split(' ')[1], CultureInfo.InvariantCulture)));
        return builder.Trees[0].Root;
    }
}
