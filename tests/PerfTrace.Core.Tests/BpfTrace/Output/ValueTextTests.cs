using System.Net;
using PerfTrace.BpfTrace;
using static PerfTrace.Tests.BpfTrace.Output.OutputMaker;

namespace PerfTrace.Tests.BpfTrace.Output;

public sealed class ValueTextTests
{
    private const ulong KernelAddress = 0xffffffff81000071;

    private readonly OutputMaker _make = new();

    private void Check(string text, object? value, ScriptType type, params object[] bytes)
    {
        Assert.Equal(text, _make.Text(type, bytes));
        object? read = _make.Value(type, bytes);
        Assert.Equal(value, read);
        Assert.Equal(ValueReader.TypeOf(type), read!.GetType());
    }

    [Fact]
    public void Numbers_have_their_width_and_sign()
    {
        Check("-1", (sbyte)-1, Signed8, (byte)255);
        Check("255", (byte)255, Unsigned8, (byte)255);
        Check("-2", (short)-2, Signed16, (short)-2);
        Check("65534", (ushort)65534, Unsigned16, (short)-2);
        Check("-3", -3, IntegerType.Int32, -3);
        Check("4294967293", 4294967293u, IntegerType.UInt32, -3);
        Check("-9223372036854775808", long.MinValue, IntegerType.Int64, long.MinValue);
        Check("18446744073709551615", ulong.MaxValue, IntegerType.UInt64, ulong.MaxValue);
        Check("true", true, BooleanType.Instance, (byte)1);
        Check("false", false, BooleanType.Instance, (byte)0);
    }

    [Fact]
    public void An_enumeration_has_the_name_and_is_the_number()
    {
        var type = new EnumType("color", IntegerType.UInt32, new Dictionary<long, string> { [0] = "RED", [7] = "BLUE" });
        Assert.Equal("BLUE", _make.Text(type, 7));
        object value = _make.Value(type, 7)!;
        Assert.Equal("BLUE", value.ToString());
        Assert.Equal(7, Convert.ToInt32(value, null));
        Assert.Equal("9", _make.Text(type, 9));
        Assert.Equal(9, Convert.ToInt32(_make.Value(type, 9), null));
        Assert.Same(ValueReader.TypeOf(type), ValueReader.TypeOf(type with { }));
        var signed = new EnumType("level", IntegerType.Int32, new Dictionary<long, string> { [-1] = "NONE" });
        Assert.Equal("NONE", _make.Text(signed, -1));
        Assert.Equal("4294967294", _make.Text(signed, -2));
    }

    [Fact]
    public void Text_ends_at_the_first_zero_and_text_without_one_was_cut()
    {
        Check("bash", "bash", new StringType(16), "bash\0rest");
        Check("", "", new StringType(8));
        Check("größe", "größe", new StringType(16), "größe");
        Assert.Equal("abcd..", _make.Text(new StringType(4), "abcd"));
        Assert.Equal("abcd", _make.Value(new StringType(4), "abcd"));
        Assert.Equal("\uFFFD", _make.Text(new StringType(4), (byte)0xff));
    }

    [Fact]
    public void A_buffer_has_no_more_bytes_than_its_room()
    {
        var type = new BufferType(4);
        Assert.Equal("ab\\x01\\x7f", _make.Text(type, 4, "ab", (byte)1, (byte)127));
        Assert.Equal(new byte[] { 97, 98 }, _make.Value(type, 2, "abcd"));
        Assert.Equal("abcd", _make.Text(type, uint.MaxValue, "abcd"));
        Assert.Equal("", _make.Text(type, 0, "abcd"));
    }

    [Fact]
    public void Pointers_are_hexadecimal_and_convert_to_numbers()
    {
        var type = new PointerType(VoidType.Instance, MemorySpace.Kernel);
        Check("0xffff888100a4c000", new BpfTracePointer(0xffff888100a4c000), type, 0xffff888100a4c000);
        Check("0x0", new BpfTracePointer(0), type);
        ulong number = (BpfTracePointer)_make.Value(type, 16L)!;
        Assert.Equal(16UL, number);
    }

    [Fact]
    public void Tuples_arrays_and_records_nest()
    {
        var inner = new TupleType([IntegerType.Int32, new StringType(4)]);
        var tuple = new TupleType([Unsigned8, inner, new ArrayType(Signed16, 2)]);
        byte[] bytes = Bytes((byte)1, new byte[3], 2, "x\0\0\0", (short)-3, (short)4);
        Assert.Equal("(1, (2, x), [-3,4])", _make.Text(tuple, bytes));
        var value = Assert.IsType<BpfTraceTuple>(_make.Value(tuple, bytes));
        Assert.Equal("(1, (2, x), [-3,4])", value.ToString());
        Assert.Equal((byte)1, value[0]);
        Assert.Equal(3, value.Count);
        Assert.Equal("x", Assert.IsType<BpfTraceTuple>(value[1])[1]);
        Assert.Equal(new short[] { -3, 4 }, value[2]);

        var record = new TupleType([IntegerType.Int64, inner], ["count", "both"]);
        byte[] recordBytes = Bytes(5L, 6, "y");
        Assert.Equal("{ .count = 5, .both = (6, y) }", _make.Text(record, recordBytes));
        object made = _make.Value(record, recordBytes)!;
        Assert.Equal("{ .count = 5, .both = (6, y) }", made.ToString());
        Assert.Equal(5L, made.GetType().GetProperty("count")!.GetValue(made));
        Assert.Equal(typeof(long), made.GetType().GetProperty("count")!.PropertyType);
        Assert.Equal("(6, y)", made.GetType().GetProperty("both")!.GetValue(made)!.ToString());
    }

    [Fact]
    public void Structs_have_properties_and_bit_fields_their_bits()
    {
        var type = new RecordType("struct", "packet", 16, 8, static () =>
        [
            new RecordField("length", Unsigned16, 0),
            new RecordField("flags", IntegerType.UInt32, 4) { BitShift = 3, BitSize = 5 },
            new RecordField("level", IntegerType.Int32, 4) { BitShift = 8, BitSize = 4 },
            new RecordField("next", new PointerType(VoidType.Instance, MemorySpace.Kernel), 8),
        ]);
        byte[] bytes = Bytes((ushort)300, (ushort)0, 0xffu | (0xdu << 8), 0x10UL);
        Assert.Equal("{ .length = 300, .flags = 31, .level = -3, .next = 0x10 }", _make.Text(type, bytes));
        object value = _make.Value(type, bytes)!;
        Assert.Equal((ushort)300, value.GetType().GetProperty("length")!.GetValue(value));
        Assert.Equal(31u, value.GetType().GetProperty("flags")!.GetValue(value));
        Assert.Equal(-3, value.GetType().GetProperty("level")!.GetValue(value));
        Assert.Equal(new BpfTracePointer(16), value.GetType().GetProperty("next")!.GetValue(value));
    }

    [Fact]
    public void Addresses_have_the_names_of_functions()
    {
        var kernel = new ResolvedType(ResolvedKind.KernelSymbol);
        Assert.Equal("kernel_function", _make.Text(kernel, KernelAddress));
        Assert.Equal("0xffffffffc0000000", _make.Text(kernel, 0xffffffffc0000000));
        Assert.Equal("0", _make.Text(kernel, 0L));
        var symbol = Assert.IsType<BpfTraceSymbol>(_make.Value(kernel, KernelAddress));
        Assert.Equal("kernel_function", symbol.Symbol);
        Assert.Equal(KernelAddress, symbol.Address);
        Assert.Equal(0x71UL, symbol.Frame!.SymbolOffset);
        var user = new ResolvedType(ResolvedKind.UserSymbol);
        Assert.Equal("main", _make.Text(user, 0x401010UL, 7));
        Assert.Equal("0x401010", _make.Text(user, 0x401010UL, 8));
    }

    [Fact]
    public void What_is_found_outside_of_the_kernel_has_its_text()
    {
        Check("root", "root", new ResolvedType(ResolvedKind.UserName), 0L);
        Check("", "", new ResolvedType(ResolvedKind.UserName), 4711L);
        Check("interval:s:1", "interval:s:1", new ResolvedType(ResolvedKind.ProbeName), 1L);
        Check("", "", new ResolvedType(ResolvedKind.ProbeName), 99L);
        Check("0A:00:FF:01:02:03", "0A:00:FF:01:02:03", new ResolvedType(ResolvedKind.MacAddress), (byte)10, (byte)0, (byte)255, (byte)1, (byte)2, (byte)3);
        Check("No such file or directory", "No such file or directory", new ResolvedType(ResolvedKind.ErrorName), 2L);
        Check("unified:/group5,pids:*", "unified:/group5,pids:*", new ResolvedType(ResolvedKind.CGroupPath), 5L, 2L);
        var inet = new ResolvedType(ResolvedKind.InternetAddress);
        Assert.Equal("127.0.0.1", _make.Text(inet, 2, (byte)127, (byte)0, (byte)0, (byte)1));
        Assert.Equal(IPAddress.Loopback, _make.Value(inet, 2, (byte)127, (byte)0, (byte)0, (byte)1));
        Assert.Equal("::ffff:1.2.3.4", _make.Text(inet, 10, new byte[10], ushort.MaxValue, (byte)1, (byte)2, (byte)3, (byte)4));
        Assert.Equal("2001:db8::1", _make.Text(inet, 10, (byte)0x20, (byte)1, (byte)13, (byte)0xb8, new byte[11], (byte)1));
        Assert.Equal("", _make.Text(inet, 1234));
    }

    [Fact]
    public void A_time_has_the_format_that_the_script_gave_it()
    {
        var type = new ResolvedType(ResolvedKind.Timestamp);
        ulong now = (ulong)PerfTrace.Kernel.KernelClock.MonotonicNanoseconds;
        string year = DateTime.Now.Year.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(year, _make.Text(type, now, 0, 0));
        var value = Assert.IsType<BpfTraceTime>(_make.Value(type, now, 0, 0));
        Assert.Equal(year, value.ToString());
        Assert.InRange(value.Time, DateTimeOffset.Now.AddMinutes(-1), DateTimeOffset.Now);
        Assert.Equal($"{value.Time.UtcTicks / 10 % 1_000_000:000000}", _make.Text(type, now, 1, 0));
        Assert.Equal("", _make.Text(type, now, 99, 0));
    }

    [Fact]
    public void A_stack_has_a_line_for_each_frame()
    {
        _make.Stacks[3] = Bytes(KernelAddress, 0xffffffffc0000000, 0UL, 0UL);
        _make.Stacks[4] = Bytes(0x401010UL, 0x99UL, 0x100UL, 0UL);
        Assert.Equal("\n        kernel_function+113\n        0xffffffffc0000000\n", _make.Text(new StackType(false, StackMode.BpfTrace, 127), 3L));
        Assert.Equal("\n        kernel_function+113\n", _make.Text(new StackType(false, StackMode.BpfTrace, 1), 3L));
        Assert.Equal("\n\tffffffff81000071 kernel_function+113\n\tffffffffc0000000 0xffffffffc0000000\n", _make.Text(new StackType(false, StackMode.Perf, 127), 3L));
        Assert.Equal("\nffffffff81000071\nffffffffc0000000\n", _make.Text(new StackType(false, StackMode.Raw, 127), 3L));
        Assert.Equal("\n\t401010 main+16 (/usr/bin/program)\n\t99 0x99 ([unknown])\n", _make.Text(new StackType(true, StackMode.Perf, 2), 4L, 7, 7));
        Assert.Equal("\n", _make.Text(new StackType(false, StackMode.BpfTrace, 127), -14L));
        var stack = Assert.IsType<BpfTraceStack>(_make.Value(new StackType(true, StackMode.BpfTrace, 127), 4L, 7, 7));
        Assert.Equal(["main", null, null], stack.Frames.Select(static f => f.Symbol));
        Assert.True(stack.IsUser);
        byte[] id = [.. Enumerable.Range(1, 20).Select(static i => (byte)i)];
        _make.Stacks[5] = Bytes(1, id, 0x9L, 2, new byte[20], 0xabcL, 0, new byte[28]);
        Assert.Equal("\n0102030405060708090a0b0c0d0e0f1011121314 0x09\nabc\n", _make.Text(new StackType(true, StackMode.BuildId, 127), 5L, 7, 7));
    }

    [Fact]
    public void Times_of_day_are_strftimes()
    {
        const long time = 1_700_000_000_123_456_789;
        Assert.Equal("2023", TimeText.Of("%Y", time));
        Assert.Equal("123456", TimeText.Of("%f", time));
        Assert.Equal("%f 100% 123456", TimeText.Of("%%f 100%% %f", time));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000).ToLocalTime().ToString("HH:mm:ss", null), TimeText.Of("%H:%M:%S", time));
        Assert.Equal("999999", TimeText.Of("%f", -1000));
        Assert.Equal("", TimeText.Of("", time));
        Assert.Equal(2000, TimeText.Of(string.Concat(Enumerable.Repeat("%Y", 500)), time).Length);
    }
}
