using System.Buffers.Binary;
using System.Text;
using PerfTrace.Kernel;
using PerfTrace.Symbols;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Symbols;

public sealed class JitDumpCodeTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Functions_lines_and_moves_of_either_byte_order(bool isBigEndian)
    {
        using var tree = new TemporaryTree();
        byte[] dump = new Dump(isBigEndian)
            .Lines(0x1000, (0x1000, 10, "a.js"), (0x1008, 11, "\xff"), (0x1010, 7, "b.js")).Load(0x1000, 0x20, 1, "first").Load(0x2000, 0x10, 2, "second").Move(0x1000, 0x3000, 0x20, 1).Build();
        File.WriteAllBytes(tree["jit-1.dump"], dump);
        using var store = new SymbolStore(SystemPaths.Default);
        CodeSymbols code = new CodeModule(store, tree["jit-1.dump"], CodeModuleKind.Generated).Symbols;

        Assert.Equal(new CodeSymbol("first", 0x1000, 0x20), code.Find(0x1001));
        Assert.Equal("second", code.Find(0x200f)?.Name);
        Assert.Equal(new CodeSymbol("first", 0x3000, 0x20), code.Find(0x3010));
        Assert.Null(code.Find(0x4000));
        Assert.Equal([new CodeLocation("first", "a.js", 11)], code.Locate(0x100f));
        Assert.Equal([new CodeLocation("first", "b.js", 7)], code.Locate(0x3010));
        Assert.Empty(code.Locate(0x2000));
        Assert.Null(code.Missing);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_code_is_in_the_file(bool isBigEndian)
    {
        using var tree = new TemporaryTree();
        byte[] first = [0x90, 0x90, 0xc3], second = [0x55, 0x5d, 0xc3, 0xcc];
        byte[] dump = new Dump(isBigEndian).Load(0x1000, 3, 1, "first", first).Build(), more = new Dump(isBigEndian).Load(0x2000, 4, 2, "second", second).Move(0x1000, 0x3000, 3, 1).Build();
        File.WriteAllBytes(tree["jit-1.dump"], dump);
        using var store = new SymbolStore(SystemPaths.Default);
        CodeSymbols code = new CodeModule(store, tree["jit-1.dump"], CodeModuleKind.Generated).Symbols;
        Assert.Equal(first, code.ReadCode(code.Find(0x1001)!).Bytes.ToArray());

        // It grows while it is read.
        using (FileStream file = new(tree["jit-1.dump"], FileMode.Append))
            file.Write(more.AsSpan(40));
        SpinWait.SpinUntil(() => code.Find(0x2000) is not null, TimeSpan.FromSeconds(10));
        FunctionCode moved = code.ReadCode(code.Find(0x3000)!);

        Assert.Equal(second, code.ReadCode(code.Find(0x2003)!).Bytes.ToArray());
        Assert.Equal((0x3000UL, ElfMachine.X86_64), (moved.Address, moved.Machine));
        Assert.Equal(first, moved.Bytes.ToArray());
        CodeSymbol gone = code.Find(0x2000)!;
        File.WriteAllBytes(tree["jit-1.dump"], dump);
        Assert.Throws<CodeNotFoundException>(() => code.ReadCode(gone));
        Assert.Throws<CodeNotFoundException>(() => code.ReadCode(gone with { Name = "other" }));
    }

    [Fact]
    public void What_it_does_not_tell_a_perf_map_beside_it_may()
    {
        using var tree = new TemporaryTree();
        int process = Environment.ProcessId;
        File.WriteAllBytes(tree[$"jit-{process}.dump"], new Dump(false).Load(0x1000, 0x20, 1, "first").Build());
        tree.With($"perf-{process}.map", "2000 10 second\n1000 20 other\n");
        using var store = new SymbolStore(SystemPaths.Default);
        CodeSymbols code = new CodeModule(store, tree[$"jit-{process}.dump"], CodeModuleKind.Generated, null, process).Symbols;

        Assert.Equal("first", code.Find(0x1000)?.Name);
        Assert.Equal("second", code.Find(0x2008)?.Name);
        Assert.Contains("names alone", Assert.Throws<CodeNotFoundException>(() => code.ReadCode(code.Find(0x2008)!)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_dump_does_not_know_the_perf_map_beside_it_may()
    {
        using var tree = new TemporaryTree();
        byte[] dump = new Dump(false).Load(0x1000, 0x20, 1, "first").Load(0x2000, 0x10, 2, "second").Build();
        File.WriteAllBytes(tree["jit-7.dump"], dump[..^8]);
        tree.With("perf-7.map", "1000 20 other\n2000 10 second\n");
        using var store = new SymbolStore(SystemPaths.Default);
        CodeSymbols code = new CodeModule(store, tree["jit-7.dump"], CodeModuleKind.Generated).Symbols;

        Assert.Equal(["first", "second", null], new ulong[] { 0x1000, 0x2008, 0x3000 }.Select(p => code.Find(p)?.Name));
    }

    [Fact]
    public void A_record_is_read_when_it_is_whole()
    {
        byte[] dump = new Dump(false).Load(0x1000, 0x20, 1, "first").Load(0x2000, 0x10, 2, "second").Build();
        for (int cut = 0; cut <= dump.Length; cut++)
        {
            var parser = new JitDumpParser();
            int used = parser.Parse(dump[..cut], isBegin: true);
            used += parser.Parse(dump[used..], isBegin: used == 0);
            Assert.Equal(dump.Length, used);
            Assert.Equal(2, parser.Functions.Count);
        }
    }

    [Fact]
    public void What_is_none_is_told()
    {
        using var tree = new TemporaryTree();
        tree.With("jit-1.dump", new string('x', 100));
        using var store = new SymbolStore(SystemPaths.Default);
        CodeSymbols code = new CodeModule(store, tree["jit-1.dump"], CodeModuleKind.Generated).Symbols;

        Assert.Null(code.Find(0x1000));
        Assert.Contains("damaged", code.Missing, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_a_dump_holds_is_read_or_passed_over()
    {
        var random = new Random(20261121);
        byte[][] sources =
        [
            .. from isBig in new[] { false, true }
               select new Dump(isBig).Lines(0x1000, (0x1000, 10, "a.js"), (0x1008, 11, "\xff")).Load(0x1000, 0x20, 1, "first").Load(0x2000, 0x10, 2, "second").Move(0x1000, 0x3000, 0x20, 1).Build(),
        ];
        int read = 0, damaged = 0;
        for (int i = 0; i < 100_000; i++)
        {
            byte[] bytes = [.. sources[i % 2]];
            for (int n = random.Next(1, 6); n > 0; n--)
                bytes[random.Next(bytes.Length)] = (byte)(random.Next(2) == 0 ? random.Next(256) : 0xff);
            bytes = bytes[..random.Next(bytes.Length + 1)];
            var parser = new JitDumpParser();
            Assert.InRange(parser.Parse(bytes, isBegin: true), 0, bytes.Length);
            foreach (ulong place in (ulong[])[0x1000, 0x1009, 0x2001, 0x3003, ulong.MaxValue])
            {
                if (parser.Functions.IndexOf(place) is >= 0 and var index)
                    {
                    read += parser.Locate(index, place).Count + parser.Functions[index].Name.Length;
                    (long offset, int length) = parser.CodeOf(index);
                    Assert.InRange(offset + length, 0, bytes.Length);
                }
            }
            damaged += parser.IsDamaged ? 1 : 0;
        }
        Assert.True(read > 10_000);
        Assert.InRange(damaged, 1000, 99_000);
    }

    private sealed class Dump(bool isBigEndian)
    {
        private readonly List<byte> _bytes = [];

        public Dump Load(ulong address, ulong size, ulong index, string name, byte[]? code = null) =>
            Record(0, [.. Word32(1), .. Word32(1), .. Word64(address), .. Word64(address), .. Word64(size), .. Word64(index), .. Encoding.UTF8.GetBytes(name), 0, .. code ?? new byte[size]]);

        public Dump Move(ulong from, ulong to, ulong size, ulong index) =>
            Record(1, [.. Word32(1), .. Word32(1), .. Word64(to), .. Word64(from), .. Word64(to), .. Word64(size), .. Word64(index)]);

        public Dump Lines(ulong address, params (ulong Address, int Line, string File)[] lines) =>
            Record(2, [.. Word64(address), .. Word64((ulong)lines.Length), .. lines.SelectMany(l => (byte[])[.. Word64(l.Address), .. Word32((uint)l.Line), .. Word32(0), .. Encoding.Latin1.GetBytes(l.File), 0])]);

        public byte[] Build() => [.. Word32(0x4A695444), .. Word32(1), .. Word32(40), .. Word32(62), .. Word32(0), .. Word32(1), .. Word64(0), .. Word64(0), .. _bytes];

        private Dump Record(uint kind, byte[] body)
        {
            _bytes.AddRange([.. Word32(kind), .. Word32((uint)body.Length + 16), .. Word64(0), .. body]);
            return this;
        }

        private byte[] Word32(uint value)
        {
            byte[] bytes = new byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, isBigEndian ? BinaryPrimitives.ReverseEndianness(value) : value);
            return bytes;
        }

        private byte[] Word64(ulong value)
        {
            byte[] bytes = new byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, isBigEndian ? BinaryPrimitives.ReverseEndianness(value) : value);
            return bytes;
        }
    }
}
