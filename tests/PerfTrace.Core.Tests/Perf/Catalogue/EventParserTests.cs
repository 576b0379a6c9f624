using PerfTrace.Perf;

namespace PerfTrace.Tests.Perf.Catalogue;

public class EventParserTests
{
    [Theory]
    [InlineData("cycles", "cycles")]
    [InlineData(" cycles , cs ", "cycles | cs")]
    [InlineData("sched:sched_switch:u", "sched+sched_switch+u")]
    [InlineData("skx::INST_RETIRED:ANY_P", "skx++INST_RETIRED+ANY_P")]
    [InlineData("cpu/event=0x3c,umask=1/uk", "cpu/event=0x3c;umask=1/uk")]
    [InlineData("cpu/event=0x3c/:u", "cpu/event=0x3c/u")]
    [InlineData("cpu/ event = 0x3c , edge /", "cpu/event=0x3c;edge/")]
    [InlineData("cpu/event=0x3c,name='a,b/c'/k", "cpu/event=0x3c;name=a,b/c/k")]
    [InlineData("cpu/name=\"x y\"/", "cpu/name=x y/")]
    [InlineData("cycles//u", "cycles//u")]
    [InlineData("{a,b:k}:D,c", "{a b+k}D | c")]
    [InlineData("{ a , b }", "{a b}")]
    [InlineData("grp-1{a}:u", "grp-1{a}u")]
    [InlineData("{cpu/event=1/,mem:0x10:w}", "{cpu/event=1/ mem@16:w}")]
    [InlineData("mem:0x1000", "mem@4096")]
    [InlineData("mem:16/8:rw:u", "mem@16/8:rw!u")]
    [InlineData("mem:16/8:u", "mem@16/8!u")]
    [InlineData("mem:0xffffffffffffffff:x", "mem@18446744073709551615:x")]
    [InlineData("sched:sched_[a-z]*", "sched+sched_[a-z]*")]
    public void Parses(string text, string shape) => Assert.Equal(shape, string.Join(" | ", EventParser.Parse(text).Select(Shape)));

    [Theory]
    [InlineData("", 0)]
    [InlineData(",", 0)]
    [InlineData("cycles,", 7)]
    [InlineData("cycles,,cs", 7)]
    [InlineData("cycles cs", 7)]
    [InlineData("cycles:", 7)]
    [InlineData("{", 1)]
    [InlineData("{}", 1)]
    [InlineData("{cycles", 0)]
    [InlineData("a,{cycles,cs", 2)]
    [InlineData("grp{cycles", 3)]
    [InlineData("{cycles}:", 9)]
    [InlineData("{cycles}x", 8)]
    [InlineData("cycles}", 6)]
    [InlineData("{a{b}}", 2)]
    [InlineData("cpu/event=1", 3)]
    [InlineData("cpu/event=1,", 3)]
    [InlineData("cpu/,/", 4)]
    [InlineData("cpu/=1/", 4)]
    [InlineData("cpu/name='x/", 9)]
    [InlineData("cpu/event=1/u/", 13)]
    [InlineData("mem:", 4)]
    [InlineData("mem:xyz", 4)]
    [InlineData("mem:0x1000/", 11)]
    [InlineData("mem:0x1000/y", 11)]
    [InlineData("mem:0x1000:", 11)]
    [InlineData("mem:0x1000:rw:", 14)]
    [InlineData("mem:0x10000000000000000", 4)]
    public void SaysWhereTheProblemIs(string text, int position)
    {
        var problem = Assert.Throws<EventSyntaxException>(() => EventParser.Parse(text));

        Assert.Equal((text, position), (problem.Text, problem.Position));
        Assert.Contains($"at character {position + 1}", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TermsKnowTheirPosition()
    {
        EventSyntax e = Assert.Single(EventParser.Parse("cs,cpu/event=1,  umask=2/")[1].Events);

        Assert.Equal((3, "cpu/event=1,  umask=2/"), (e.Position, e.Text));
        Assert.Equal([("event", "1", 7), ("umask", "2", 17)], e.Terms!.Select(static t => (t.Name, t.Value, t.Position)));
    }

    private static string Shape(GroupSyntax group)
    {
        string events = string.Join(' ', group.Events.Select(Shape));
        return group.IsBraced ? $"{group.Name}{{{events}}}{group.Modifiers}" : events;
    }

    private static string Shape(EventSyntax e)
    {
        if (e.Breakpoint is { } b)
            return $"mem@{b.Address}{(b.Length is { } length ? $"/{length}" : "")}{(b.Access is { } access ? $":{access}" : "")}{(e.Suffix.Length > 0 ? "!" + e.Suffix : "")}";
        string name = string.Join('+', e.Parts);
        return e.Terms is null ? name : $"{name}/{string.Join(';', e.Terms.Select(static t => t.Value is null ? t.Name : $"{t.Name}={t.Value}"))}/{e.Suffix}";
    }
}
