using PerfTrace.Symbols;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Symbols;

public sealed class ElfSymbolTableTests
{
    private const ulong Text = ElfBuilder.TextAddress;

    [Fact]
    public void An_address_is_in_the_innermost_symbol()
    {
        ElfSymbolTable table = Table(new ElfBuilder().Symbol("outer", Text, 0x100).Symbol("inner", Text + 0x10, 0x10).Symbol("after", Text + 0x200, 0x10));

        Assert.Equal("outer", table.Find(Text)?.Name);
        Assert.Equal("inner", table.Find(Text + 0x10)?.Name);
        Assert.Equal("inner", table.Find(Text + 0x1f)?.Name);
        Assert.Equal("outer", table.Find(Text + 0x20)?.Name);
        Assert.Equal("outer", table.Find(Text + 0xff)?.Name);
        Assert.Null(table.Find(Text + 0x100));
        Assert.Equal("after", table.Find(Text + 0x20f)?.Name);
        Assert.Null(table.Find(Text + 0x210));
        Assert.Null(table.Find(Text - 1));
        Assert.Null(table.Find(ulong.MaxValue));
    }

    [Fact]
    public void Of_aliases_the_global_function_with_a_size_wins()
    {
        ElfSymbolTable table = Table(new ElfBuilder()
            .Symbol("label", Text, 0, ElfSymbolType.None, ElfSymbolBinding.Global)
            .Symbol("local", Text, 0x10, ElfSymbolType.Function, ElfSymbolBinding.Local)
            .Symbol("global", Text, 0x10)
            .Symbol("weak", Text, 0x10, ElfSymbolType.Function, ElfSymbolBinding.Weak));

        Assert.Equal("global", table.Find(Text + 1)?.Name);
    }

    [Fact]
    public void A_symbol_without_size_reaches_to_the_next_and_the_last_nowhere()
    {
        ElfSymbolTable table = Table(new ElfBuilder()
            .Symbol("first", Text, 0, ElfSymbolType.None).Symbol("second", Text + 8, 4).Symbol("_end", Text + 0x40, 0, ElfSymbolType.None));

        Assert.Equal(("first", 0UL), (table.Find(Text + 7)?.Name, table.Find(Text + 7)?.Size));
        Assert.Equal("second", table.Find(Text + 8)?.Name);
        Assert.Null(table.Find(Text + 12));
        Assert.Equal("_end", table.Find(Text + 0x40)?.Name);
        Assert.Null(table.Find(Text + 0x41));
    }

    [Fact]
    public void Sizes_that_overflow_and_overlap_at_random_give_what_a_scan_gives()
    {
        var random = new Random(7);
        for (int round = 0; round < 200; round++)
        {
            var builder = new ElfBuilder();
            var all = new List<(string Name, ulong Start, ulong End)>();
            for (int i = 0; i < 30; i++)
            {
                ulong start = Text + (ulong)random.Next(0, 100), size = (ulong)random.Next(1, 40);
                if (all.Exists(s => s.Start == start))
                    continue;
                builder.Symbol($"s{i}", start, size);
                all.Add(($"s{i}", start, start + size));
            }
            builder.Symbol("huge", Text + 300, ulong.MaxValue - 5);
            ElfSymbolTable table = Table(builder);
            for (ulong address = Text; address < Text + 160; address++)
                Assert.Equal(all.Where(s => s.Start <= address && address < s.End).OrderByDescending(s => s.Start).FirstOrDefault().Name, table.Find(address)?.Name);
            Assert.Equal("huge", table.Find(ulong.MaxValue - 1)?.Name);
        }
    }

    [Fact]
    public void A_name_finds_every_symbol_that_has_it_and_versions_are_no_part_of_it()
    {
        ElfSymbolTable table = Table(new ElfBuilder()
            .Symbol("memcpy@GLIBC_2.2.5", Text, 4).Symbol("memcpy@@GLIBC_2.14", Text + 4, 4).Symbol("memcpy2", Text + 8, 4)
            .Symbol("same", Text + 12, 4, ElfSymbolType.Function, ElfSymbolBinding.Local).Symbol("same", Text + 16, 4));

        Assert.Equal(["memcpy@@GLIBC_2.14", "memcpy@GLIBC_2.2.5"], table.Find("memcpy").Select(s => s.ToString()));
        Assert.Equal(Text, Assert.Single(table.Find("memcpy@GLIBC_2.2.5")).Address);
        Assert.Equal(Text + 4, Assert.Single(table.Find("memcpy@@GLIBC_2.14")).Address);
        Assert.Empty(table.Find("memcpy@NONE"));
        Assert.Empty(table.Find("memcp"));
        Assert.Empty(table.Find(""));
        Assert.Equal([Text + 16, Text + 12], table.Find("same").Select(s => s.Address));
    }

    [Fact]
    public void Versions_of_a_library_are_known_and_the_default_is_first()
    {
        string path = File.ReadLines("/proc/self/maps").Select(l => l[(l.LastIndexOf(' ') + 1)..]).First(p => p.Contains("/libc.so", StringComparison.Ordinal) || p.Contains("/libc-2", StringComparison.Ordinal));
        using ElfFile file = ElfFile.Open(path);

        IReadOnlyList<ElfSymbol> found = ElfSymbolReader.Read([file]).Find("pthread_cond_wait");

        Assert.True(found.Count >= 2, "glibc has had two versions of pthread_cond_wait since 2.3.2.");
        Assert.True(found[0].IsDefaultVersion);
        Assert.Equal(["GLIBC_2.2.5", "GLIBC_2.3.2"], found.Select(s => s.Version).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("$x", true)]
    [InlineData("$d.42", true)]
    [InlineData("$dollar", false)]
    public void Mapping_symbols_are_left_out(string name, bool isLeftOut) => Assert.Equal(isLeftOut ? 1 : 2,
        Table(new ElfBuilder(machine: ElfMachine.Arm64).Symbol(name, Text, 0, ElfSymbolType.None, ElfSymbolBinding.Local).Symbol("f", Text, 4)).Count);

    private static ElfSymbolTable Table(ElfBuilder builder)
    {
        using ElfFile file = ElfFile.FromMemory("x", builder.Build());
        return ElfSymbolReader.Read([file]);
    }
}
