using System.Globalization;
using PerfTrace.Bpf;
using PerfTrace.BpfTrace;
using PerfTrace.Interop;
using static PerfTrace.Tests.BpfTrace.Output.OutputMaker;

namespace PerfTrace.Tests.BpfTrace.Output;

public sealed class ScriptMapReaderTests
{
    private static readonly StringType Name = new(8);
    private static readonly string FullBar = new('@', 52), NoBar = new(' ', 52);

    private readonly OutputMaker _make = new();

    /// <summary>A map of the kernel with entries; values for several CPUs, the rest has zeros.</summary>
    internal static BpfMapAccess Fill(ScriptMap map, params (byte[] Key, byte[][] Values)[] entries)
    {
        using BpfMap made = BpfMapCreation.Create(new BpfMapRequest
        {
            Type = map.IsPerCpu ? BpfMapType.PerCpuHash : BpfMapType.Hash,
            Name = "perftrace_test",
            KeySize = map.TotalKeyBytes,
            ValueSize = map.Value.Size,
            MaximumEntries = 1000,
        });
        var access = BpfMapAccess.Open(made);
        foreach ((byte[] key, byte[][] values) in entries)
        {
            byte[] all = new byte[access.ValueBytes];
            for (int i = 0; i < values.Length; i++)
                values[i].CopyTo(all.AsSpan(i * BpfMapShape.CpuStride(map.Value.Size)));
            Assert.Equal(Errno.None, access.TryUpdate(key, all));
        }
        return access;
    }

    private static byte[] Padded(string text) => [.. Bytes(text), .. new byte[8 - text.Length]];

    private (string Text, BpfTraceMapEntry[] Entries) Read(ScriptMap map, int top, long divisor, params (byte[] Key, byte[][] Values)[] entries)
    {
        using BpfMapAccess access = Fill(map, entries);
        ScriptMapContent content = new ScriptMapReader(map, access, _make.Values).Read(top, divisor);
        return (content.Text, content.Entries);
    }

    private string TextOf(ScriptMap map, params (byte[] Key, byte[][] Values)[] entries) => Read(map, 0, 0, entries).Text;

    [Fact]
    public void Numbers_come_by_their_value_and_the_largest_stay()
    {
        var map = new ScriptMap("@b", new TupleType([Name, IntegerType.Int64]), IntegerType.Int64, 10);
        (byte[], byte[][])[] entries = [(Bytes(Padded("x"), 2L), [Bytes(30L)]), (Bytes(Padded("y"), 1L), [Bytes(-10L)]), (Bytes(Padded("a"), 7L), [Bytes(30L)])];
        (string text, BpfTraceMapEntry[] objects) = Read(map, 0, 0, entries);
        Assert.Equal("@b[y, 1]: -10\n@b[a, 7]: 30\n@b[x, 2]: 30\n", text);
        Assert.Equal(["@b[y, 1]: -10", "@b[a, 7]: 30", "@b[x, 2]: 30"], objects.Select(static o => o.ToString()));
        Assert.Equal(new object?[] { "y", 1L }, objects[0].Key);
        Assert.Equal(-10L, objects[0].Value);
        Assert.Equal("@b", objects[0].Map);
        Assert.Null(objects[0].Buckets);
        Assert.Equal("@b[a, 7]: 15\n@b[x, 2]: 15\n", Read(map, 2, 2, entries).Text);
        Assert.Equal(15L, Read(map, 2, 2, entries).Entries[1].Value);
    }

    [Fact]
    public void Other_values_come_by_their_key()
    {
        var map = new ScriptMap("@q", IntegerType.Int64, Name, 10);
        Assert.Equal("@q[-3]: a\n@q[1]: c\n@q[4]: b\n", TextOf(map, (Bytes(4L), [Bytes(Padded("b"))]), (Bytes(-3L), [Bytes(Padded("a"))]), (Bytes(1L), [Bytes(Padded("c"))])));
        var byText = new ScriptMap("@", Name, new TupleType([IntegerType.Int32, IntegerType.Int32]), 10);
        Assert.Equal("@[a]: (1, 2)\n@[b]: (0, 0)\n", TextOf(byText, (Padded("b"), [Bytes(0, 0)]), (Padded("a"), [Bytes(1, 2)])));
    }

    [Fact]
    public void A_map_without_a_key_has_one_entry()
    {
        var map = new ScriptMap("@a", null, IntegerType.UInt64, 1);
        (string text, BpfTraceMapEntry[] objects) = Read(map, 0, 0, (Bytes(0), [Bytes(ulong.MaxValue)]));
        Assert.Equal("@a: 18446744073709551615\n", text);
        Assert.Null(objects[0].Key);
        Assert.Equal(ulong.MaxValue, objects[0].Value);
        using BpfMapAccess empty = Fill(map);
        var reader = new ScriptMapReader(map, empty, _make.Values);
        Assert.Equal("", reader.Read().Text);
        Assert.Equal("@a: 0\n", reader.Read(showsZero: true).Text);
        var record = new ScriptMap("@", null, new TupleType([IntegerType.Int64, new TupleType([IntegerType.Int64, Name])], ["a", "b"]), 1);
        using BpfMapAccess none = Fill(record);
        Assert.Equal("@: { .a = 0, .b = (0, ) }\n", new ScriptMapReader(record, none, _make.Values).Read(showsZero: true).Text);
    }

    // bpftrace 0.17 printed these texts for these numbers.
    [Fact]
    public void The_cpus_are_put_together()
    {
        static ScriptMap Make(AggregateKind kind, bool isSigned = true) => new("@a", Name, new AggregateType(kind, isSigned), 10);
        Assert.Equal("@a[x]: 7\n", TextOf(Make(AggregateKind.Count, false), (Padded("x"), [Bytes(3L), Bytes(4L)])));
        Assert.Equal("@a[x]: -5\n@a[y]: 4\n", TextOf(Make(AggregateKind.Sum), (Padded("y"), [Bytes(4L)]), (Padded("x"), [Bytes(-8L), Bytes(3L)])));
        Assert.Equal("@a[x]: 18446744073709551615\n", TextOf(Make(AggregateKind.Sum, false), (Padded("x"), [Bytes(-1L)])));
        Assert.Equal("@a[a]: -5\n@a[c]: -1\n@a[b]: 3\n", TextOf(Make(AggregateKind.Minimum),
            (Padded("a"), [Bytes(7L, 1L), Bytes(-5L, 1L)]), (Padded("b"), [Bytes(-9L, 0L), Bytes(3L, 1L)]), (Padded("c"), [Bytes(-1L, 1L)])));
        Assert.Equal("@a[a]: 9\n", TextOf(Make(AggregateKind.Maximum), (Padded("a"), [Bytes(9L, 1L), Bytes(99L, 0L)])));
        Assert.Equal("@a[a]: 18446744073709551615\n", TextOf(Make(AggregateKind.Maximum, false), (Padded("a"), [Bytes(9L, 1L), Bytes(-1L, 1L)])));
        Assert.Equal("@a[y]: -8\n@a[x]: -3\n@a[z]: 2\n", TextOf(Make(AggregateKind.Average),
            (Padded("x"), [Bytes(-3L, 1L)]), (Padded("y"), [Bytes(-10L, 1L), Bytes(-6L, 1L)]), (Padded("z"), [Bytes(5L, 2L)])));
        Assert.Equal("@a[n]: count 0, average 0, total 0\n@a[e]: count 2, average 6, total 12\n", TextOf(Make(AggregateKind.Statistics),
            (Padded("e"), [Bytes(5L, 1L), Bytes(7L, 1L)]), (Padded("n"), [])));
        Assert.Equal("@a[s]: count 2, average -1, total -3\n", TextOf(Make(AggregateKind.Statistics), (Padded("s"), [Bytes(-5L, 1L), Bytes(2L, 1L)])));
        var (_, objects) = Read(Make(AggregateKind.Statistics), 0, 2, (Padded("s"), [Bytes(5L, 1L), Bytes(7L, 1L)]));
        var statistics = Assert.IsType<BpfTraceStatistics>(objects[0].Value);
        Assert.Equal((2L, 3L, 12L), (statistics.Count, (long)statistics.Average, (long)statistics.Total));
        Assert.Equal(7L, Read(Make(AggregateKind.Count, false), 0, 0, (Padded("x"), [Bytes(3L), Bytes(4L)])).Entries[0].Value);
        Assert.Equal("@a[7]: 20\n", Read(new ScriptMap("@a", IntegerType.Int64, new AggregateType(AggregateKind.Sum, true), 10), 1, 5,
            (Bytes(7L), [Bytes(100L)]), (Bytes(2L), [Bytes(4L)]), (Bytes(-1L), [Bytes(-5L)])).Text);
    }

    // What bpftrace 0.17 drew, but for the space behind the colon that 0.26 does not have.
    [Fact]
    public void Histograms_have_bars()
    {
        var map = new ScriptMap("@c", null, new AggregateType(AggregateKind.Histogram, true), 10);
        string drawn = $"""
            @c:
            (..., 0)               1 |{FullBar}|
            [0]                    1 |{FullBar}|
            [1]                    0 |{NoBar}|
            [2, 4)                 0 |{NoBar}|
            [4, 8)                 1 |{FullBar}|


            """;
        (string text, BpfTraceMapEntry[] objects) = Read(map, 0, 0, (Bytes(0L), [Bytes(1L)]), (Bytes(1L), [Bytes(1L)]), (Bytes(4L), [[], Bytes(1L)]), (Bytes(99L), [Bytes(0L)]));
        Assert.Equal(drawn, text);
        Assert.Equal([(null, -1, 1), (0, 0, 1), (1, 1, 0), (2, 3, 0), (4, 7, 1)], objects[0].Buckets!.Select(static b => (b.Low, b.High, b.Count)));
        Assert.Same(objects[0].Buckets, objects[0].Value);

        var linear = new ScriptMap("@d", null, new AggregateType(AggregateKind.LinearHistogram, true) { Minimum = 0, Maximum = 100, Step = 10 }, 10);
        string half = new string('@', 26) + new string(' ', 26);
        Assert.Equal($"@d:\n[80, 90)               2 |{FullBar}|\n[90, 100)              0 |{NoBar}|\n[100, ...)             1 |{half}|\n\n",
            TextOf(linear, (Bytes(9L), [Bytes(1L), Bytes(1L)]), (Bytes(11L), [Bytes(1L)])));

        var keyed = new ScriptMap("@j", new TupleType([IntegerType.Int64, IntegerType.Int32]), new AggregateType(AggregateKind.Histogram, true), 10);
        Assert.Equal(24, keyed.TotalKeyBytes);
        Assert.Equal($"@j[3, 1]:\n[4K, 8K)               1 |{FullBar}|\n\n@j[2, 1]:\n[1]                    1 |{FullBar}|\n[2, 4)                 1 |{FullBar}|\n\n",
            TextOf(keyed, (Bytes(2L, 1, 0, 2L), [Bytes(1L)]), (Bytes(3L, 1, 0, 14L), [Bytes(1L)]), (Bytes(2L, 1, 0, 3L), [Bytes(1L)])));
    }

    [Fact]
    public void Histograms_are_divided_cut_to_the_largest_and_may_be_empty()
    {
        var map = new ScriptMap("@h", IntegerType.Int64, new AggregateType(AggregateKind.Histogram, true), 10);
        (byte[], byte[][])[] entries = [(Bytes(1L, 5L), [Bytes(9L)]), (Bytes(2L, 5L), [Bytes(100L)]), (Bytes(2L, 6L), [Bytes(10L)]), (Bytes(3L, 1L), [Bytes(0L)])];
        Assert.Equal("@h[3]:\n\n", Read(map, 0, 0, entries).Text[..8]);
        Assert.Empty(Read(map, 0, 0, entries).Entries[0].Buckets!);
        string fifth = new string('@', 5) + new string(' ', 47);
        Assert.Equal($"@h[2]:\n[8, 16)               10 |{FullBar}|\n[16, 32)               1 |{fifth}|\n\n", Read(map, 1, 10, entries).Text);
        // Numbers that are none of a bucket's are no reason to fill the memory.
        Assert.Equal("@h[1]:\n\n", TextOf(map, (Bytes(1L, long.MaxValue), [Bytes(1L)]), (Bytes(1L, -5L), [Bytes(1L)])));
    }

    private static (byte[] Key, byte[][] Values) Interval(string? key, long number, int count, params byte[][] values) =>
        (key is null ? Bytes(number % count) : Bytes(Padded(key), number % count), values);

    // The drawing of bpftrace 0.26's manual, with the local time of these intervals.
    [Fact]
    public void Time_series_have_a_line_for_each_interval()
    {
        const long start = 1_700_000_000_0, length = 100_000_000;
        var map = new ScriptMap("@", null, new AggregateType(AggregateKind.TimeSeries, true) { Interval = length, Intervals = 20 }, 20);
        (byte[], byte[][])[] entries = [.. Enumerable.Range(0, 11).Select(i => Interval(null, start + i, 20, Bytes(start + i, i - 5L, 1L), Bytes(start + i - 20, 99L, 9L)))];
        string text = TextOf(map, entries);
        string[] lines = text.Split('\n');
        Assert.Equal("@:", lines[0]);
        Assert.Equal("             -5                                                  5", lines[1]);
        Assert.Equal("hh:mm:ss.ms  |___________________________________________________|", lines[2]);
        string time = DateTimeOffset.FromUnixTimeMilliseconds(start * 100).ToLocalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
        Assert.Equal($"{time} *                         .                         | -5", lines[3]);
        Assert.Equal("|    *                    .                         | -4", lines[4][13..]);
        Assert.Equal("|                         *                         | 0", lines[8][13..]);
        Assert.Equal("|                         .    *                    | 1", lines[9][13..]);
        Assert.Equal("|                         .                         * 5", lines[13][13..]);
        Assert.Equal("             v___________________________________________________v", lines[14]);
        Assert.Equal(lines[1], lines[15]);
        Assert.Equal(["", ""], lines[16..]); // an empty line, and what is behind the last line end
        BpfTraceInterval[] intervals = Assert.IsType<BpfTraceInterval[]>(Read(map, 0, 0, entries).Entries[0].Value);
        Assert.Equal(Enumerable.Range(-5, 11).Select(static i => (object)(long)i), intervals.Select(static i => i.Value));
        Assert.Equal(start * 100, intervals[0].Start.ToUnixTimeMilliseconds());
    }

    [Fact]
    public void Time_series_add_up_over_cpus_and_have_gaps()
    {
        static ScriptMap Make(AggregateKind? each, bool isSigned = true) =>
            new("@t", Name, new AggregateType(AggregateKind.TimeSeries, isSigned) { Interval = 1_000_000_000, Intervals = 4, Each = each }, 20);
        static object?[] Values(BpfTraceMapEntry entry) => Array.ConvertAll((BpfTraceInterval[])entry.Value!, static i => i.Value);
        (byte[], byte[][])[] entries =
        [
            Interval("a", 1000, 4, Bytes(1000L, 10L, 3L), Bytes(1000L, 4L, 5L)),
            Interval("a", 1003, 4, Bytes(1003L, -6L, 2L)),
            Interval("b", 1002, 4, Bytes(1002L, 8L, 1L)),
            Interval("b", 997, 4, Bytes(997L, 8L, 1L)),
        ];
        BpfTraceMapEntry[] last = Read(Make(null), 0, 0, entries).Entries;
        Assert.Equal(["b", "a"], last.Select(static e => e.Key));
        Assert.Equal([4L, null, null, -6L], Values(last[1]));
        Assert.Equal([8L, null], Values(last[0]));
        Assert.Equal([14L, null, null, -6L], Values(Read(Make(AggregateKind.Sum), 0, 0, entries).Entries[1]));
        Assert.Equal([1L, null, null, -3L], Values(Read(Make(AggregateKind.Average), 0, 0, entries).Entries[1]));
        Assert.Equal([4L, null, null, -6L], Values(Read(Make(AggregateKind.Minimum), 0, 0, entries).Entries[1]));
        Assert.Equal([10L, null, null, -6L], Values(Read(Make(AggregateKind.Maximum), 0, 0, entries).Entries[1]));
        string[] lines = Read(Make(null), 1, 0, entries).Text.Split('\n');
        Assert.Equal("@t[a]:", lines[0]);
        Assert.Equal("hh:mm:ss |___________________________________________________|", lines[2]);
        Assert.EndsWith("| -", lines[4], StringComparison.Ordinal);
        Assert.Equal('.', lines[4]["hh:mm:ss ".Length + 31]); // -6 of 10 from the left
        Assert.Equal(11, lines.Length); // name, scale, top, 4 intervals, bottom, scale, an empty line, and what is behind the last line end
    }

    [Fact]
    public void Clearing_takes_entries_out_and_zeroing_keeps_their_keys()
    {
        var map = new ScriptMap("@c", Name, new AggregateType(AggregateKind.Count, false), 10);
        using BpfMapAccess access = Fill(map, (Padded("a"), [Bytes(3L), Bytes(4L)]), (Padded("b"), [Bytes(1L)]));
        var reader = new ScriptMapReader(map, access, _make.Values);
        Assert.Equal("@c[a]: 7\n", reader.ReadEntry(Padded("a")).Text);
        Assert.Equal("7", reader.ReadEntry(Padded("a")).ValueText);
        Assert.Empty(reader.ReadEntry(Padded("z")).Entries);
        reader.Zero();
        Assert.Equal("@c[a]: 0\n@c[b]: 0\n", reader.Read().Text);
        reader.Clear();
        Assert.Equal("", reader.Read().Text);
        Assert.Empty(reader.Read().Entries);
    }

    [Fact]
    public void An_array_of_one_element_becomes_zero_when_it_is_cleared()
    {
        var map = new ScriptMap("@n", null, new AggregateType(AggregateKind.Count, false), 1);
        using BpfMap made = BpfMapCreation.Create(new BpfMapRequest { Type = BpfMapType.PerCpuArray, KeySize = 4, ValueSize = 8, MaximumEntries = 1 });
        using BpfMapAccess access = BpfMapAccess.Open(made);
        byte[] values = new byte[access.ValueBytes];
        values[0] = 5;
        values[8] = 1;
        Assert.Equal(Errno.None, access.TryUpdate(new byte[4], values));
        var reader = new ScriptMapReader(map, access, _make.Values);
        Assert.Equal("@n: 6\n", reader.Read().Text);
        reader.Clear();
        // print() shows it; at the end of a script it is not there.
        Assert.Equal("@n: 0\n", reader.Read(showsZero: true).Text);
        Assert.Equal("", reader.Read().Text);
    }
}
