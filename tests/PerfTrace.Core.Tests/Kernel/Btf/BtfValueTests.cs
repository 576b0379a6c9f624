using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using PerfTrace.Kernel;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Kernel.Btf;

public sealed class BtfValueTests
{
    private readonly BtfBuilder _types = new();
    private readonly uint _u8, _u16, _u32, _u64, _int, _char, _bool;

    public BtfValueTests()
    {
        _int = _types.Integer("int", 4, isSigned: true);
        _u8 = _types.Integer("unsigned char", 1);
        _u16 = _types.Integer("unsigned short", 2);
        _u32 = _types.Named(BtfKind.Typedef, "u32", _types.Integer("unsigned int", 4));
        _u64 = _types.Named(BtfKind.Typedef, "u64", _types.Integer("unsigned long", 8));
        _char = _types.Integer("char", 1, isSigned: true);
        _bool = _types.Integer("_Bool", 1, isBool: true);
    }

    [Fact]
    public void Numbers_are_of_their_width_and_sign()
    {
        uint s8 = _types.Integer("s8", 1, isSigned: true), s16 = _types.Integer("s16", 2, isSigned: true), s64 = _types.Integer("s64", 8, isSigned: true);
        uint s128 = _types.Integer("__int128", 16, isSigned: true), u128 = _types.Integer("unsigned __int128", 16);
        byte[] ones = [.. Enumerable.Repeat((byte)0xff, 16)];
        Assert.Equal(
            [(sbyte)-1, (byte)255, (short)-1, ushort.MaxValue, -1, uint.MaxValue, -1L, ulong.MaxValue, Int128.NegativeOne, UInt128.MaxValue, true],
            ((uint[])[s8, _u8, s16, _u16, _int, _u32, s64, _u64, s128, u128, _bool]).Select(id => Read(id, ones)!));
        Assert.Equal(1.5f, Read(_types.Float("float", 4), BitConverter.GetBytes(1.5f)));
        Assert.Equal(-2.5, Read(_types.Float("double", 8), BitConverter.GetBytes(-2.5)));
        Assert.Equal((Half)0.5, Read(_types.Float("_Float16", 2), BitConverter.GetBytes((Half)0.5)));
        Assert.Equal(ones, Read(_types.Float("long double", 16), ones));
        Assert.Equal(ulong.MaxValue, Read(_types.Pointer(_int), ones));
        Assert.Equal(typeof(uint), BtfValueReader.For(_types.Build()[_u32]).ValueType);
    }

    [Fact]
    public void A_struct_is_an_object_with_typed_properties()
    {
        uint comm = _types.Array(_char, 16);
        uint inner = _types.Struct("inner", 8, ("low", _u32, 0, 0), ("high", _u32, 32, 0));
        uint state = _types.Enum("state", 4, false, ("IDLE", 0), ("BUSY", 1), ("ALSO_BUSY", 1));
        uint anonymous = _types.Union("", 8, ("whole", _u64, 0, 0), ("part", _u32, 0, 0));
        uint pairs = _types.Array(inner, 2);
        uint grid = _types.Array(_types.Array(_u16, 2), 2);
        uint all = _types.Struct("all", 88,
            ("pid", _int, 0, 0), ("state", state, 32, 0), ("comm", comm, 64, 0), ("inner", inner, 192, 0), ("", anonymous, 256, 0), ("pairs", pairs, 320, 0),
            ("grid", grid, 448, 0), ("data", _types.Array(_u8, 4), 512, 0), ("flag", _bool, 544, 0), ("next", _types.Pointer(_int), 576, 0), ("PID", _u32, 640, 0));
        byte[] bytes =
        [
            .. Word(-7), .. Word(1), .. Encoding.ASCII.GetBytes("bash\0rubbish....")[..16], .. Word(3), .. Word(4), .. Word(5), .. Word(6),
            .. Word(10), .. Word(11), .. Word(12), .. Word(13), 1, 0, 2, 0, 3, 0, 4, 0, 9, 8, 7, 6, 1, 0, 0, 0, .. Word(-1), .. Word(-1), .. Word(77), .. Word(0),
        ];

        BtfValue value = Assert.IsType<BtfValue>(Read(all, bytes), exactMatch: false);

        Assert.StartsWith("PerfTrace.Btf.all", value.GetType().FullName, StringComparison.Ordinal);
        Assert.Equal((-7, "BUSY", "bash"), (Get(value, "pid"), Get(value, "state")!.ToString(), Get(value, "comm")));
        Assert.True(Get(value, "state")!.GetType().IsEnum);
        BtfValue nested = Assert.IsType<BtfValue>(Get(value, "inner"), exactMatch: false);
        Assert.Equal((3U, 4U), (Get(nested, "low"), Get(nested, "high")));
        Assert.Equal((6UL << 32 | 5, 5U), (Get(value, "whole"), Get(value, "part")));
        Assert.Equal([10U, 12U], ((BtfValue[])Get(value, "pairs")!).Select(p => Get(p, "low")));
        Assert.Equal<ushort[]>([[1, 2], [3, 4]], (ushort[][])Get(value, "grid")!);
        Assert.Equal<byte>([9, 8, 7, 6], (byte[])Get(value, "data")!);
        Assert.Equal((true, ulong.MaxValue, 77U), (Get(value, "flag"), Get(value, "next"), Get(value, "PID_2")));
        Assert.Equal(bytes, value.GetBytes());
        Assert.Equal("all", value.GetCType().Name);
        Assert.Contains("{ pid = -7, state = BUSY, comm = \"bash\", inner = { low = 3, high = 4 }", value.ToString(), StringComparison.Ordinal);
        Assert.Equal(
            [typeof(int), typeof(string), typeof(ulong), typeof(ushort[][]), typeof(byte[]), typeof(bool)],
            ((string[])["pid", "comm", "whole", "grid", "data", "flag"]).Select(n => value.GetType().GetProperty(n)!.PropertyType));
    }

    [Fact]
    public void Names_of_an_enumeration_are_shown_and_other_values_stay_numbers()
    {
        uint plain = _types.Enum("plain", 4, true, ("MINUS", -1), ("ZERO", 0));
        uint wide = _types.Enum64("wide", false, ("LARGE", 1UL << 40));
        uint small = _types.Enum("small", 1, false, ("TWO", 2));
        uint unknown = _types.Enum("unknown", 4, false);

        Assert.Equal("MINUS", Read(plain, Word(-1))!.ToString());
        Assert.Equal("5", Read(plain, Word(5))!.ToString());
        Assert.Equal("LARGE", Read(wide, BitConverter.GetBytes(1UL << 40))!.ToString());
        Assert.Equal("TWO", Read(small, [2])!.ToString());
        Assert.Equal(3U, Read(unknown, Word(3)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Bit_fields_are_numbers(bool isOld)
    {
        uint three = isOld ? _types.Integer("unsigned int", 4, bits: 3, offset: 5) : _u32;
        uint four = isOld ? _types.Integer("int", 4, isSigned: true, bits: 4, offset: 0) : _int;
        uint type = isOld
            ? _types.Struct("fields", 8, ("a", three, 0, 0), ("b", four, 8, 0), ("rest", _u32, 32, 0))
            : _types.Struct("fields", 8, ("a", three, 5, 3), ("b", four, 8, 4), ("rest", _u32, 32, 0), ("on", _bool, 12, 1));
        BtfValue value = Assert.IsType<BtfValue>(Read(type, [0b1010_0000, 0b0001_1001, 0, 0, .. Word(9)]), exactMatch: false);

        Assert.Equal((5U, -7, 9U), (Get(value, "a"), Get(value, "b"), Get(value, "rest")));
        if (!isOld)
            Assert.Equal(true, Get(value, "on"));
    }

    [Fact]
    public void An_array_without_a_length_has_what_follows()
    {
        uint tail = _types.Struct("tail", 8, ("count", _u32, 0, 0), ("kind", _u32, 32, 0), ("values", _types.Array(_u16, 0), 64, 0));
        uint outer = _types.Struct("outer", 16, ("id", _u64, 0, 0), ("tail", tail, 64, 0));
        uint text = _types.Struct("text", 4, ("size", _u32, 0, 0), ("text", _types.Array(_char, 0), 32, 0));
        uint marker = _types.Struct("marker", 4, ("start", _types.Array(_u8, 0), 0, 0), ("x", _u32, 0, 0));

        Assert.Equal<ushort>([1, 2, 3], (ushort[])Get(Read(tail, [.. Word(3), .. Word(0), 1, 0, 2, 0, 3, 0])!, "values")!);
        Assert.Empty((ushort[])Get(Read(tail, new byte[8])!, "values")!);
        Assert.Equal<ushort>([7], (ushort[])Get(Get(Read(outer, [.. new byte[16], 7, 0])!, "tail")!, "values")!);
        Assert.Equal("abc", Get(Read(text, [.. Word(3), .. "abc\0"u8])!, "text"));
        Assert.Empty((byte[])Get(Read(marker, Word(1))!, "start")!);
    }

    [Fact]
    public void A_section_of_data_has_its_variables()
    {
        uint section = _types.Section(".bss", 16, (_types.Variable("count", _u64), 0, 8), (_types.Variable("limit", _int), 8, 4));
        object value = Read(section, [.. BitConverter.GetBytes(5UL), .. Word(-3), .. Word(0)])!;

        Assert.Equal((5UL, -3), (Get(value, "count"), Get(value, "limit")));
    }

    [Fact]
    public void Types_of_one_layout_have_one_class()
    {
        uint type = _types.Struct("same", 4, ("a", _u32, 0, 0));
        BtfTypes first = _types.Build(), second = _types.Build();

        Assert.Same(BtfValueReader.For(first[type]).ValueType, BtfValueReader.For(second[type]).ValueType);
        uint other = _types.Struct("same", 4, ("b", _u32, 0, 0));
        Assert.NotSame(BtfValueReader.For(first[type]).ValueType, BtfValueReader.For(_types.Build()[other]).ValueType);
    }

    [Fact]
    public void Types_without_values_and_short_bytes_are_refused()
    {
        uint function = _types.Prototype(_int), forward = _types.Add(BtfKind.Forward, "later", 0);
        uint outside = _types.Struct("outside", 4, ("a", _u64, 0, 0));
        BtfTypes types = _types.Build();

        Assert.Contains("has no values", Assert.Throws<BtfValueException>(() => BtfValueReader.For(types[function])).Message, StringComparison.Ordinal);
        Assert.Throws<BtfValueException>(() => BtfValueReader.For(types[forward]));
        Assert.Throws<BtfValueException>(() => BtfValueReader.For(types[0]));
        Assert.Throws<BtfValueException>(() => BtfValueWriter.For(types[0]));
        Assert.Contains("reaches to bit 64", Assert.Throws<BtfException>(() => BtfValueReader.For(types[outside])).Message, StringComparison.Ordinal);
        Assert.Contains("3 bytes are no value of type u32, which has 4", Assert.Throws<BtfValueException>(() => BtfValueReader.For(types[_u32]).Read([1, 2, 3])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_type_there_are_numbers_and_bytes()
    {
        Assert.Equal([(byte)1, (ushort)1, 1U, 1UL], ((int[])[1, 2, 4, 8]).Select(static n => BtfValueReader.ForBytes(n).Read([1, 0, 0, 0, 0, 0, 0, 0])!));
        Assert.Equal(new byte[] { 1, 0, 0 }, BtfValueReader.ForBytes(3).Read([1, 0, 0]));
        byte[] target = new byte[4];
        BtfValueWriter.ForBytes(4).Write(-1, target);
        Assert.Equal("ffffffff", Convert.ToHexStringLower(target));
        BtfValueWriter.ForBytes(4).Write("0x80000001", target);
        Assert.Equal("01000080", Convert.ToHexStringLower(target));
        BtfValueWriter.ForBytes(3).Write(new byte[] { 1, 2, 3 }, target);
        BtfValueWriter.ForBytes(3).Write(new object[] { 1, "2", 3L }, target);
        Assert.Equal("010203", Convert.ToHexStringLower(target)[..6]);
        Assert.Throws<BtfValueException>(() => BtfValueWriter.ForBytes(3).Write(1, new byte[3]));
        Assert.Throws<BtfValueException>(() => BtfValueWriter.ForBytes(4).Write(1L << 32, new byte[4]));
        Assert.Throws<BtfValueException>(() => BtfValueWriter.ForBytes(4).Write(new byte[3], new byte[4]));
    }

    [Fact]
    public void A_table_is_written_as_the_struct()
    {
        uint inner = _types.Struct("stats", 12, ("count", _types.Named(BtfKind.Typedef, "u8", _u8), 0, 0), ("sum", _u64, 32, 0));
        uint state = _types.Enum("state", 4, true, ("IDLE", 0), ("BUSY", -1));
        uint type = _types.Struct("all", 48, ("name", _types.Array(_char, 8), 0, 0), ("stats", inner, 64, 0), ("state", state, 160, 0), ("list", _types.Array(_u16, 2), 192, 0),
            ("a", _u32, 224, 3), ("b", _int, 227, 5), ("ratio", _types.Float("double", 8), 256, 0), ("on", _bool, 320, 0));
        BtfValueWriter writer = BtfValueWriter.For(_types.Build()[type]);
        byte[] bytes = new byte[48];
        writer.Write(new Hashtable
        {
            ["name"] = "init", ["stats"] = new Dictionary<string, object> { ["count"] = "0x10", ["sum"] = 5 }, ["STATE"] = "BUSY", ["list"] = new object[] { 1, 2 },
            ["a"] = 5, ["b"] = -9, ["ratio"] = 0.5, ["on"] = true,
        }, bytes);

        object value = Read(type, bytes)!;
        Assert.Equal("{ name = \"init\", stats = { count = 16, sum = 5 }, state = BUSY, list = { 1, 2 }, a = 5, b = -9, ratio = 0.5, on = True }", value.ToString());
        byte[] copy = new byte[48];
        writer.Write(value, copy);
        Assert.Equal(bytes, copy);
        // What is not named stays.
        writer.Write(new Hashtable { ["stats"] = new Hashtable { ["sum"] = 6 } }, bytes);
        Assert.Equal((16, 6UL), (Convert.ToInt32(Get(Get(Read(type, bytes)!, "stats")!, "count"), CultureInfo.InvariantCulture), Get(Get(Read(type, bytes)!, "stats")!, "sum")));
    }

    [Fact]
    public void A_value_that_does_not_fit_is_told_with_its_place()
    {
        uint u8 = _types.Named(BtfKind.Typedef, "u8", _u8);
        uint inner = _types.Struct("stats", 4, ("count", u8, 0, 0), ("list", _types.Array(u8, 2), 8, 0));
        uint type = _types.Struct("all", 24, ("stats", inner, 0, 0), ("name", _types.Array(_char, 4), 32, 0), ("state", _types.Enum("state", 4, false, ("IDLE", 0)), 64, 0),
            ("bits", _u32, 96, 3), ("pairs", _types.Array(inner, 1), 128, 0), ("either", _types.Union("either", 4, ("a", _u32, 0, 0), ("b", _int, 0, 0)), 160, 0));
        BtfValueWriter writer = BtfValueWriter.For(_types.Build()[type]);

        void Refused(string expected, object? value) =>
            Assert.Equal(expected, Assert.Throws<BtfValueException>(() => writer.Write(value, new byte[24])).Message[..Math.Min(expected.Length, 400)]);

        Refused("stats.count: 300 does not fit in a u8 (0 to 255)", new Hashtable { ["stats"] = new Hashtable { ["count"] = 300 } });
        Refused("stats.count: -1 does not fit in a u8", new Hashtable { ["stats"] = new Hashtable { ["count"] = -1 } });
        Refused("stats.count: 'x' is no u8", new Hashtable { ["stats"] = new Hashtable { ["count"] = "x" } });
        Refused("stats.count: nothing is no u8", new Hashtable { ["stats"] = new Hashtable { ["count"] = null } });
        Refused("stats.cuont: struct stats has no such member. Did you mean count?", new Hashtable { ["stats"] = new Hashtable { ["cuont"] = 1 } });
        Refused("qqq: struct all has no such member; it has stats, name, state", new Hashtable { ["qqq"] = 1 });
        Refused("stats.list: 3 elements are no u8[2]", new Hashtable { ["stats"] = new Hashtable { ["list"] = new object[] { 1, 2, 3 } } });
        Refused("stats.list[1]: 256 does not fit in a u8", new Hashtable { ["stats"] = new Hashtable { ["list"] = new object[] { 1, 256 } } });
        Refused("stats.list: 3 bytes are no u8[2], which has 2", new Hashtable { ["stats"] = new Hashtable { ["list"] = new byte[3] } });
        Refused("name: \"abcde\" has 5 bytes and does not fit in a char[4]", new Hashtable { ["name"] = "abcde" });
        Refused("state: 'IDEL' is no name of enum state", new Hashtable { ["state"] = "IDEL" });
        Refused("bits: 8 does not fit in a u32: 3 (0 to 7)", new Hashtable { ["bits"] = 8 });
        Refused("pairs[0].count: 256 does not fit in a u8", new Hashtable { ["pairs"] = new object[] { new Hashtable { ["count"] = 256 } } });
        Refused("either: the members of a union share their bytes", new Hashtable { ["either"] = new Hashtable { ["a"] = 1, ["b"] = 2 } });
        Refused("stats: 5 is no struct stats: give @{ count = ...; list = ... }", new Hashtable { ["stats"] = 5 });
        Refused("3 bytes are no struct all, which has 24", new byte[3]);
    }

    [Fact]
    public void The_kernel_s_own_structs_become_objects()
    {
        BtfType task = BtfTypes.Kernel.Find("task_struct", BtfKind.Struct)!;
        byte[] bytes = new byte[task.Size!.Value];
        BtfMember comm = task.Members.Single(static m => m.Name == "comm");
        "init"u8.CopyTo(bytes.AsSpan((int)comm.Offset));
        BtfValueWriter.For(task).Write(new Hashtable { ["pid"] = 1, ["se"] = new Hashtable { ["vruntime"] = 5 } }, bytes);

        object value = BtfValueReader.For(task).Read(bytes)!;

        Assert.Equal(("init", 1), (Get(value, "comm"), Get(value, "pid")));
        Assert.Equal(5UL, Get(Get(value, "se")!, "vruntime"));
        foreach (PropertyInfo property in value.GetType().GetProperties())
            _ = property.GetValue(value);
    }

    private object? Read(uint id, byte[] bytes) => BtfValueReader.For(_types.Build()[id]).Read(bytes);

    private static object? Get(object value, string property) => value.GetType().GetProperty(property)!.GetValue(value);

    private static byte[] Word(int value) => BitConverter.GetBytes(value);
}
