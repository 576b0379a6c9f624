using System.Text;
using PerfTrace.Symbols;

namespace PerfTrace.Tests.Symbols;

public sealed class FunctionTableTests
{
    [Fact]
    public void A_place_is_in_the_innermost_function_and_that_is_one_object()
    {
        FunctionTable table = Table(("outer", 0x1000, 0x1100, 7), ("inner", 0x1010, 0x1020, 7), ("after", 0x1200, 0x1210, 7));

        Assert.Equal("outer", table.Find(0x1000)?.Name);
        Assert.Equal("inner", table.Find(0x101f)?.Name);
        Assert.Equal("outer", table.Find(0x1020)?.Name);
        Assert.Null(table.Find(0x1100));
        Assert.Null(table.Find(0xfff));
        Assert.Null(table.Find(ulong.MaxValue));
        Assert.Same(table.Find(0x1205), table.Find(0x1200));
        Assert.Equal(new CodeSymbol("after", 0x1200, 0x10), table.Find(0x120f));
    }

    // A function with a size, then no label, then strong, then global, then fewer underscores, then the longest, then the first.
    [Theory]
    [InlineData("a", 7, 0x10, "b", 7, 0, "a")]
    [InlineData("a", 7, 0x10, "label", 3, 0x10, "a")]
    [InlineData("weaker", 5, 0x10, "a", 7, 0x10, "a")]
    [InlineData("local", 6, 0x10, "a", 7, 0x10, "a")]
    [InlineData("__libc_malloc", 7, 0x10, "malloc", 7, 0x10, "malloc")]
    [InlineData("memcpy", 7, 0x10, "memcpy@@GLIBC_2.14", 7, 0x10, "memcpy@@GLIBC_2.14")]
    [InlineData("one", 7, 0x10, "two", 7, 0x10, "one")]
    [InlineData("one", 7, 0, "two", 7, 0, "two")] // without sizes, only the last reaches to the next
    public void Of_names_for_a_place_the_one_of_perf_is_taken(string first, byte firstRank, ulong firstSize, string second, byte secondRank, ulong secondSize, string expected) =>
        Assert.Equal(expected, Table((first, 0x1000, 0x1000 + firstSize, firstRank), (second, 0x1000, 0x1000 + secondSize, secondRank), ("next", 0x1010, 0x1020, 7)).Find(0x1000)?.Name);

    [Fact]
    public void What_has_no_size_reaches_to_the_next_and_the_last_to_the_end_of_the_next_page()
    {
        FunctionTable table = Table(("first", 0x1000, 0x1000, 7), ("last", 0x1234, 0x1234, 7));

        Assert.Equal("first", table.Find(0x1233)?.Name);
        Assert.Equal("last", table.Find(0x2fff)?.Name);
        Assert.Null(table.Find(0x3000));
    }

    [Fact]
    public void Overlapping_functions_at_random_give_what_a_scan_gives()
    {
        var random = new Random(7);
        for (int round = 0; round < 300; round++)
        {
            var all = new List<(string Name, ulong Start, ulong End, byte Rank)>();
            for (int i = 0; i < 40; i++)
            {
                ulong start = (ulong)random.Next(0, 200);
                if (!all.Exists(s => s.Start == start))
                    all.Add(($"s{i}", start, start + (ulong)random.Next(1, 60), 7));
            }
            FunctionTable table = Table([.. all]);
            for (ulong place = 0; place < 300; place++)
                Assert.Equal(all.Where(s => s.Start <= place && place < s.End).OrderByDescending(s => s.Start).FirstOrDefault().Name, table.Find(place)?.Name);
        }
    }

    [Fact]
    public void Many_threads_get_the_same_objects()
    {
        FunctionTable table = Table([.. Enumerable.Range(0, 1000).Select(i => ($"f{i}", (ulong)i * 16, ((ulong)i * 16) + 16, (byte)7))]);
        var seen = new System.Collections.Concurrent.ConcurrentDictionary<ulong, CodeSymbol>();
        Parallel.For(0, 8, _ =>
        {
            for (ulong place = 0; place < 16_000; place += 5)
            {
                CodeSymbol found = table.Find(place)!;
                Assert.Same(found, seen.GetOrAdd(found.Start, found));
            }
        });
        Assert.Equal(1000, seen.Count);
    }

    private static FunctionTable Table(params (string Name, ulong Start, ulong End, byte Rank)[] functions)
    {
        var names = new List<byte>();
        var entries = new List<FunctionTable.Entry>();
        foreach ((string name, ulong start, ulong end, byte rank) in functions)
        {
            entries.Add(new FunctionTable.Entry { Start = start, End = end, Name = (uint)names.Count, Rank = rank });
            names.AddRange(Encoding.UTF8.GetBytes(name + "\0"));
        }
        return FunctionTable.Create(entries, [names.ToArray()], new Demangler(SymbolNameForm.Short));
    }
}
