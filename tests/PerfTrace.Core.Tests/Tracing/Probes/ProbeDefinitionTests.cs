using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing.Probes;

public sealed class ProbeDefinitionTests
{
    [Theory]
    [InlineData("vfs_read", null, "vfs_read", 0ul)]
    [InlineData("vfs_read+16", null, "vfs_read", 16ul)]
    [InlineData("vfs_read+0x10", null, "vfs_read", 16ul)]
    [InlineData("ext4:ext4_file_open", "ext4", "ext4_file_open", 0ul)]
    [InlineData("ovl_open [overlay]", "overlay", "ovl_open", 0ul)]
    [InlineData("ext4:foo.constprop.0+4", "ext4", "foo.constprop.0", 4ul)]
    [InlineData("0xffffffff81000000", null, null, 0xffffffff81000000)]
    [InlineData("_RNvCs1234_7___rustc10rust_panic", null, "_RNvCs1234_7___rustc10rust_panic", 0ul)]
    public void A_place_in_the_kernel_is_taken_apart(string text, string? module, string? symbol, ulong offset)
    {
        KProbeLocation location = KProbeLocation.Parse(text);

        Assert.Equal(new KProbeLocation(module, symbol, offset), location);
        Assert.Equal(location, KProbeLocation.Parse(location.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("vfs read")]
    [InlineData("vfs_read\np:x/y do_exit")]
    [InlineData("vfs_read#")]
    [InlineData("vfs_read+")]
    [InlineData("vfs_read+z")]
    [InlineData("vfs_read+-1")]
    [InlineData("+16")]
    [InlineData(":vfs_read")]
    [InlineData("a:b:c")]
    [InlineData("ext4:")]
    [InlineData("f [m")]
    [InlineData("f [a b]")]
    [InlineData("0x")]
    [InlineData("12ab")]
    [InlineData("vfs_read%return")]
    [InlineData("/bin/bash:0x1")]
    public void What_is_no_place_never_reaches_the_kernel(string text) => Assert.Throws<ProbeSyntaxException>(() => KProbeLocation.Parse(text));

    [Fact]
    public void A_kprobe_is_one_line()
    {
        ProbeArgument[] arguments = [ProbeArgument.Parse("filename=+0($arg2):ustring"), ProbeArgument.Parse("%di"), ProbeArgument.Parse("b=$arg1:b4@2/32")];

        Assert.Equal("p:g/n do_sys_openat2+4 filename=+0($arg2):ustring %di b=$arg1:b4@2/32",
            new KProbeDefinition("g", "n", KProbeLocation.Parse("do_sys_openat2+0x4"), false, null, arguments).ToCommand());
        Assert.Equal("r20:g/n m:f", new KProbeDefinition("g", "n", KProbeLocation.Parse("m:f"), true, 20, []).ToCommand());
        Assert.Equal("r:g/n 0xffff0000", new KProbeDefinition("g", "n", KProbeLocation.Parse("0xffff0000"), true, null, []).ToCommand());
    }

    [Fact]
    public void A_uprobe_is_one_line()
    {
        Assert.Equal("p:g/n /a:b/c:0x10", new UProbeDefinition("g", "n", "/a:b/c", 0x10, null, false, []).ToCommand());
        Assert.Equal("r:g/n /a:0x10(0xabc) s=+0($retval):string", new UProbeDefinition("g", "n", "/a", 0x10, 0xabc, true, [new("s", "+0($retval):string")]).ToCommand());
    }

    [Theory]
    [InlineData("g g", "n")]
    [InlineData("g", "n\nx")]
    [InlineData("g/h", "n")]
    [InlineData("g", "n-m")]
    [InlineData("g", "1n")]
    [InlineData("g", "")]
    [InlineData("g", "näme")]
    [InlineData("a234567890123456789012345678901234567890123456789012345678901234", "n")]
    public void A_name_that_is_none_never_reaches_the_kernel(string group, string name) =>
        Assert.Throws<TraceNameException>(() => new KProbeDefinition(group, name, KProbeLocation.Parse("f"), false, null, []).ToCommand());

    [Theory]
    [InlineData("a b")]
    [InlineData("a\tb")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("")]
    [InlineData("x=#1")]
    [InlineData("a\u2028b")]
    public void An_argument_that_is_no_word_never_reaches_the_kernel(string text)
    {
        Assert.Throws<ProbeSyntaxException>(() => ProbeArgument.Parse(text));
        Assert.Throws<ProbeSyntaxException>(() => new KProbeDefinition("g", "n", KProbeLocation.Parse("f"), false, null, [new ProbeArgument(null, text)]).ToCommand());
    }

    [Theory]
    [InlineData("/opt/my program")]
    [InlineData("/opt/c#/lib.so")]
    [InlineData("/opt/a\nb")]
    public void A_path_that_the_kernel_would_split_is_refused_with_a_way_out(string path)
    {
        var error = Assert.Throws<ProbeSyntaxException>(() => new UProbeDefinition("g", "n", path, 0, null, false, []).ToCommand());

        Assert.Contains("symbolic link", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_too_long_or_too_much_is_refused()
    {
        ProbeArgument[] many = [.. Enumerable.Repeat(new ProbeArgument(null, "%di"), 129)], large = [.. Enumerable.Repeat(new ProbeArgument(null, new string('x', 60)), 100)];

        Assert.Contains("128", Assert.Throws<ProbeSyntaxException>(() => new KProbeDefinition("g", "n", KProbeLocation.Parse("f"), false, null, many).ToCommand()).Message, StringComparison.Ordinal);
        Assert.Contains("4,095", Assert.Throws<ProbeSyntaxException>(() => new KProbeDefinition("g", "n", KProbeLocation.Parse("f"), false, null, large).ToCommand()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vfs_read", 0ul, false, "vfs_read")]
    [InlineData("vfs_read", 0ul, true, "vfs_read__return")]
    [InlineData("foo.constprop.0", 16ul, false, "foo_constprop_0_0x10")]
    [InlineData(null, 0xffff0000ul, false, "at_0xffff0000")]
    public void An_event_is_called_after_its_place(string? symbol, ulong offset, bool isReturn, string expected) =>
        Assert.Equal(expected, ProbeOwnership.NameFor(symbol, offset, isReturn));

    [Fact]
    public void A_long_function_makes_a_name_that_has_room_for_a_number()
    {
        string entry = ProbeOwnership.NameFor(new string('x', 200), 0, false), ret = ProbeOwnership.NameFor(new string('x', 200), 0, true);

        Assert.InRange(entry.Length, 40, 57);
        Assert.InRange(ret.Length, 40, 57);
        Assert.EndsWith("__return", ret, StringComparison.Ordinal);
    }
}
