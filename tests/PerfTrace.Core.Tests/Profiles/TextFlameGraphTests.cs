using PerfTrace.Profiles;

namespace PerfTrace.Tests.Profiles;

public sealed class TextFlameGraphTests
{
    [Fact]
    public void Functions_are_as_wide_as_their_share() =>
        Assert.Equal(
        [
            "│read···│write············",
            "│main······························│poll",
            "│app·······························│idl…",
            "│all: 40 samples························",
        ], TextFlameGraph.Draw(Tree("app;main;write 18", "app;main;none;none 0", "app;main;read_[k] 8", "app;main 9", "idling;poll 5"), 40, new FlameGraphOptions()));

    [Fact]
    public void An_icicle_has_its_root_at_the_top() =>
        Assert.StartsWith("│all", TextFlameGraph.Draw(Tree("a;b 1"), 30, new FlameGraphOptions { IsIcicle = true }).First(), StringComparison.Ordinal);

    [Theory]
    [InlineData(20)]
    [InlineData(81)]
    [InlineData(400)]
    public void No_row_is_wider_than_asked(int width)
    {
        var random = new Random(7);
        CallTree tree = Tree([.. Enumerable.Range(0, 300).Select(_ => string.Join(';', Enumerable.Range(0, random.Next(1, 20)).Select(_ => new string((char)('a' + random.Next(26)), random.Next(1, 30)))) + " " + random.Next(1, 50))]);

        string[] rows = [.. TextFlameGraph.Draw(tree, width, new FlameGraphOptions())];
        Assert.All(rows, r => Assert.InRange(r.Length, 1, width));
        Assert.Equal(width, rows[^1].Length);
    }

    [Fact]
    public void Colours_tell_the_kind()
    {
        string[] rows = [.. TextFlameGraph.Draw(Tree("app;read_[k] 1"), 30, new FlameGraphOptions(), k => $"<{k}>", reset: "</>")];

        Assert.StartsWith("<Kernel>│read", rows[0], StringComparison.Ordinal);
        Assert.EndsWith("</>", rows[0], StringComparison.Ordinal);
    }

    private static CallTree Tree(params string[] stacks)
    {
        var builder = new CallTreeBuilder(new CallTreeOptions());
        foreach (string stack in stacks)
            builder.Add(FoldedStack.Parse(stack));
        return builder.Trees[0];
    }
}
