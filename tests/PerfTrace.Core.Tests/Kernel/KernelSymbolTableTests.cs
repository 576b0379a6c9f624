using System.Diagnostics;
using System.Text;
using PerfTrace.Kernel;

namespace PerfTrace.Tests.Kernel;

[Trait("Machine", "Both")]
public sealed class KernelSymbolTableTests(ITestOutputHelper output)
{
    private const string Text = """
        0000000000000000 A fixed_percpu_data
        ffffffff81000000 T _stext
        ffffffff81000000 T alias_of_it
        ffffffff81000100 t small
        ffffffff81000110 T large
        ffffffff81001000 T _etext
        ffffffff82000000 D data
        ffffffff83000000 T _sinittext
        ffffffff83000010 t start
        ffffffff83000100 T _einittext
        ffffffffc0002000 t late	[second]
        ffffffffc0000000 t first_of	[first]
        ffffffffc0000040 t second_of	[first]
        ffffffffc0001000 t bpf_prog_0123456789abcdef_name	[bpf]

        not a line
        ffffffff
        """;

    private static readonly KernelSymbolTable Table = KernelSymbolTable.Parse(Encoding.ASCII.GetBytes(Text));

    [Theory]
    [InlineData(0xffffffff81000000, "_stext+0x0/0x100")] // the first of several names
    [InlineData(0xffffffff81000105, "small+0x5/0x10")]
    [InlineData(0xffffffff81000fff, "large+0xeef/0xef0")]
    [InlineData(0xffffffff83000020, "start+0x10/0xf0")]
    [InlineData(0xffffffffc0000041, "second_of+0x1/0xfc0 [first]")] // to the end of its page
    [InlineData(0xffffffffc0000001, "first_of+0x1/0x40 [first]")]
    [InlineData(0xffffffffc0002fff, "late+0xfff/0x1000 [second]")]
    [InlineData(0xffffffffc0001010, "bpf_prog_0123456789abcdef_name+0x10/0x1000")]
    [InlineData(0xffffffff82000000, null)] // data, of a kernel without CONFIG_KALLSYMS_ALL
    [InlineData(0xffffffff81001000, null)]
    [InlineData(0xffffffffc0003000, null)]
    [InlineData(0xffffffff80ffffff, null)]
    [InlineData(0UL, null)]
    [InlineData(ulong.MaxValue, null)]
    public void Finds_what_the_kernel_finds(ulong address, string? expected)
    {
        bool isFound = Table.TryFind(address, out string? name, out ulong offset, out ulong size, out string? module);

        Assert.Equal(expected, isFound ? $"{name}+0x{offset:x}/0x{size:x}{(module is null ? "" : $" [{module}]")}" : null);
    }

    [Fact]
    public void Data_belongs_to_it_where_the_kernel_says_where_it_ends()
    {
        KernelSymbolTable table = KernelSymbolTable.Parse(Encoding.ASCII.GetBytes(Text + "\nffffffff84000000 B _end\n"));

        Assert.True(table.TryFind(0xffffffff82000001, out string? name, out _, out _, out _));
        Assert.Equal("data", name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0000000000000000 T _stext\n0000000000000000 T _etext\n")] // kernel.kptr_restrict
    public void Without_addresses_nothing_is_found(string text)
    {
        KernelSymbolTable table = KernelSymbolTable.Parse(Encoding.ASCII.GetBytes(text));

        Assert.False(table.HasAddresses);
        Assert.False(table.TryFind(0, out _, out _, out _, out _));
        Assert.False(table.TryFind(0xffffffff81000000, out _, out _, out _, out _));
    }

    [Fact]
    public void The_running_kernels_are_read_quickly()
    {
        var watch = Stopwatch.StartNew();
        KernelSymbolTable table = KernelSymbolTable.Read(SystemPaths.Default);
        output.WriteLine($"{table.Count} symbols in {watch.ElapsedMilliseconds} ms");
        byte[] text = KernelFile.ReadBytes("/proc/kallsyms");
        watch.Restart();
        KernelSymbolTable again = KernelSymbolTable.Parse(text);
        output.WriteLine($"of which {watch.ElapsedMilliseconds} ms are parsing");

        Assert.InRange(table.Count, 10_000, 10_000_000);
        Assert.True(again.HasAddresses);
        string[] line = Encoding.ASCII.GetString(text).Split('\n').First(static l => l.EndsWith(" T schedule", StringComparison.Ordinal)).Split(' ');
        Assert.True(table.TryFind(Convert.ToUInt64(line[0], 16) + 1, out string? name, out ulong offset, out ulong size, out string? module));
        Assert.Equal(("schedule", 1UL, null), (name, offset, module));
        Assert.InRange(size, 16UL, 65536UL);
    }
}
