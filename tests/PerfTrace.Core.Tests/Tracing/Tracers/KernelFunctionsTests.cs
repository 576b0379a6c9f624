using PerfTrace.Kernel;
using PerfTrace.Tests.Support;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing.Tracers;

public sealed class KernelFunctionsTests
{
    [Theory]
    [InlineData("vfs_read", "vfs_read", null, null)]
    [InlineData("ovl_open [overlay]", "ovl_open", "overlay", null)]
    [InlineData("ffffffff81000340 do_one_initcall", "do_one_initcall", null, 0xffffffff81000340UL)]
    [InlineData("ffffffffc0a11000 ovl_open [overlay]", "ovl_open", "overlay", 0xffffffffc0a11000UL)]
    [InlineData("abcdef12 [m]", "[m]", null, 0xabcdef12UL)]
    [InlineData("deadbeef", "deadbeef", null, null)]
    public void A_traceable_function_has_name_module_and_address(string line, string name, string? module, ulong? address) =>
        Assert.Equal(new KernelFunction(name, module, address, true), KernelFunctions.ParseTraceable(line));

    [Theory]
    [InlineData("")]
    [InlineData("__ftrace_invalid_address___1234")]
    [InlineData("ffffffff81000340 __ftrace_invalid_address___1234")]
    public void What_is_no_function_is_none(string line) => Assert.Null(KernelFunctions.ParseTraceable(line));

    [Fact]
    public void Without_tracers_the_symbols_of_the_kernel_are_given_with_a_note()
    {
        using TemporaryTree tree = new TemporaryTree()
            .With("tracing/README", "")
            .With("kallsyms", "ffffffff81000340 T vfs_read\nffffffff81000350 D some_data\n0000000000000000 t hidden\t[m]\nbroken\n");
        string? note = null;

        KernelFunction[] functions = [.. KernelFunctions.List(new SystemPaths(Proc: tree.Root, Tracing: tree["tracing"]), text => note = text)];

        Assert.Equal([new KernelFunction("vfs_read", null, 0xffffffff81000340, null), new KernelFunction("hidden", "m", null, null)], functions);
        Assert.Contains("no function tracing", note, StringComparison.Ordinal);
    }

    [Fact]
    public void The_stack_maximum_is_read_frame_by_frame()
    {
        const string Text = """
                    Depth    Size   Location    (3 entries)
                    -----    ----   --------
              0)     4080     112   ftrace_call+0x5/0x34
              1)     3968     104   update_curr+0x1c/0x160 [some module]
              2)      176     176   entry_SYSCALL_64_after_hwframe+0x76/0x7e
            """;

        Assert.Equal(
            [
                new KernelStackEntry(0, 4080, 112, "ftrace_call+0x5/0x34"),
                new KernelStackEntry(1, 3968, 104, "update_curr+0x1c/0x160 [some module]"),
                new KernelStackEntry(2, 176, 176, "entry_SYSCALL_64_after_hwframe+0x76/0x7e"),
            ],
            KernelStackMaximum.Parse(Text));
        Assert.Empty(KernelStackMaximum.Parse("#\n#  Stack tracer disabled\n#\n"));
    }
}
