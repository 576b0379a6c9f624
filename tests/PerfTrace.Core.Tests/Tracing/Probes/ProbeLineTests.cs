using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing.Probes;

public sealed class ProbeLineTests
{
    // As Linux 6.12 lists them.
    private const string Listing = """
        p:pg/a do_sys_openat2 file=+0($arg2):ustring
        r5:pg/b do_sys_openat2 arg1=$retval
        p:pg/c vfs_read+4
        f:pg/f vfs_read count=count
        p:pg/u /bin/busybox:0x0000000000001000 arg1=%ax
        p:pg/v /a:b/c:0x0000000000001000(0x2000)
        s:synthetic/x u64 lat
        e:pg/e sched.sched_switch
        """;

    private static ProbeLine[] Lines => [.. Listing.Split('\n').Select(ProbeLine.Parse).OfType<ProbeLine>()];

    [Fact]
    public void Kprobes_and_uprobes_are_parsed_and_other_kinds_passed_over()
    {
        ProbeLine[] lines = Lines;

        Assert.Equal(["a", "b", "c", "u", "v"], lines.Select(l => l.Name));
        Assert.All(lines, l => Assert.Equal("pg", l.Group));
        Assert.Equal((true, 5), (lines[1].IsReturn, lines[1].MaximumActive));
        Assert.Equal([new ProbeArgument("file", "+0($arg2):ustring")], lines[0].Arguments);
        Assert.Equal("vfs_read+4", lines[2].Place);
    }

    [Theory]
    [InlineData("")]
    [InlineData("p")]
    [InlineData("p:pg/a")]
    [InlineData("px:pg/a f")]
    [InlineData("p:pga f")]
    [InlineData("# comment here")]
    public void What_is_no_probe_is_null(string line) => Assert.Null(ProbeLine.Parse(line));

    [Fact]
    public void Counts_belong_to_the_line_of_the_same_place_in_the_order()
    {
        // Two events of one name in different groups: only the order tells which is which.
        ProbeLine[] lines = [ProbeLine.Parse("p:one/x f")!, ProbeLine.Parse("p:two/x g")!];

        Assert.Equal([(1L, 2L), (3L, 4L)], ProbeProfile.Match(lines, ["  x   1   2", "  x   3   4"])!);
        Assert.Equal([(7L, 0L), (8L, 0L)], ProbeProfile.Match(lines, ["  /bin/a x   7", "  /bin/x x   8"])!);
    }

    [Fact]
    public void Files_that_do_not_belong_together_give_no_counts()
    {
        ProbeLine[] lines = [ProbeLine.Parse("p:one/x f")!];

        Assert.Null(ProbeProfile.Match(lines, []));
        Assert.Null(ProbeProfile.Match(lines, ["  y 1 2"]));
        Assert.Null(ProbeProfile.Match(lines, ["  x"]));
        Assert.Null(ProbeProfile.Match(lines, ["  x many 2"]));
    }
}
