using System.Text;
using PerfTrace.BpfTrace;
using static PerfTrace.Tests.BpfTrace.Output.OutputMaker;

namespace PerfTrace.Tests.BpfTrace.Output;

public sealed class PrintfFormatTests
{
    private static readonly StringType Name = new(16);

    private readonly OutputMaker _make = new();

    private string Format(string format, params (ScriptType Type, byte[] Bytes)[] values)
    {
        var layout = new EventLayout([.. values.Select(static v => v.Type)]);
        var parsed = PrintfFormat.Parse(format);
        Assert.Null(parsed.Check(layout.Types));
        var text = new StringBuilder();
        parsed.Append(text, layout, Event(layout, 0, 0, [.. values.Select(static v => v.Bytes)]), _make.Values.Text);
        return text.ToString();
    }

    // What bpftrace 0.17 printed for these.
    [Theory]
    [InlineData("%d", -5L, "-5")]
    [InlineData("%x", -1L, "ffffffff")]
    [InlineData("%5d", 42L, "   42")]
    [InlineData("%-5d|", 42L, "42   |")]
    [InlineData("%05d", -42L, "-0042")]
    [InlineData("%c", 65L, "A")]
    [InlineData("%lx", -1L, "ffffffffffffffff")]
    [InlineData("%08lx", 255L, "000000ff")]
    [InlineData("%hhd", 300L, "44")]
    [InlineData("%u", -1L, "4294967295")]
    [InlineData("%o", 8L, "10")]
    [InlineData("%10u", 7L, "         7")]
    [InlineData("%-10x|", 254L, "fe        |")]
    [InlineData("%010x", 254L, "00000000fe")]
    [InlineData("%d", 0x123456789abcdefL, "-1985229329")]
    [InlineData("%x", 0x123456789abcdefL, "89abcdef")]
    [InlineData("%d%%", 100L, "100%")]
    // bpftrace 0.26's tests.
    [InlineData("%hhx", 0x12345678abcdefL, "ef")]
    [InlineData("%hx", 0x12345678abcdefL, "cdef")]
    [InlineData("%jx", 0x12345678abcdefL, "12345678abcdef")]
    [InlineData("value: %dms100\n", 100L, "value: 100ms100\n")]
    [InlineData("Elapsed time: %llus\n", 1L, "Elapsed time: 1s\n")]
    [InlineData("%04x", 2L, "0002")]
    [InlineData("%gr", 0x1L, "GFP_DMA")]
    // C's.
    [InlineData("%+d", 7L, "+7")]
    [InlineData("% d", 7L, " 7")]
    [InlineData("%#x", 255L, "0xff")]
    [InlineData("%#X", 255L, "0XFF")]
    [InlineData("%#o", 8L, "010")]
    [InlineData("%#x", 0L, "0")]
    [InlineData("%#06x", 31L, "0x001f")]
    [InlineData("%.3d", 5L, "005")]
    [InlineData("%+05ld", 5L, "+0005")]
    [InlineData("%lld", long.MinValue, "-9223372036854775808")]
    [InlineData("%zu", -1L, "18446744073709551615")]
    [InlineData("%i", 3L, "3")]
    [InlineData("%p", 0x1234L, "0x1234")]
    [InlineData("%p", 0L, "0")]
    [InlineData("%gr", 0xcc0L, "GFP_KERNEL")]
    [InlineData("%gr", 0x8000_0041L, "GFP_DMA|__GFP_IO|0x80000000")]
    [InlineData("%gr", 0L, "0")]
    [InlineData("%s", -7L, "-7")]
    [InlineData("%*d|%k %", 5L, "5|%k %")]
    [InlineData("%99999999999d|", 5L, null)]
    public void Numbers_are_written_as_bpftrace_and_C_write_them(string format, long value, string? text)
    {
        string written = Format(format, (IntegerType.Int64, Bytes(value)));
        if (text is null)
            Assert.InRange(written.Length, 1000, 100_000); // a width has a bound
        else
            Assert.Equal(text, written);
    }

    [Fact]
    public void Texts_and_buffers_are_padded_and_cut_by_bytes()
    {
        Assert.Equal("[        ab] [cd        |abc]", Format("[%10s] [%-10s|%.3s]", (Name, Bytes("ab")), (Name, Bytes("cd")), (Name, Bytes("abcdef"))));
        Assert.Equal("[  ö]", Format("[%4s]", (Name, Bytes("ö"))));
        var buffer = new BufferType(8);
        Assert.Equal("100% ab\\x01 \\x61\\x62 61 62", Format("100%% %r %rx %rh", (buffer, Bytes(3, "ab", (byte)1)), (buffer, Bytes(2, "ab")), (buffer, Bytes(2, "ab"))));
        Assert.Equal("[    61 62]", Format("[%9rh]", (buffer, Bytes(2, "ab"))));
    }

    [Fact]
    public void Small_numbers_are_extended_and_other_scalars_are_numbers()
    {
        Assert.Equal("ffffffff -1 255", Format("%x %d %d", (Signed8, Bytes((byte)255)), (Signed8, Bytes((byte)255)), (Unsigned8, Bytes((byte)255))));
        var type = new EnumType("Foo", IntegerType.UInt32, new Dictionary<long, string> { [1] = "ONE", [0] = "A" });
        Assert.Equal("1 ONE     A", Format("%d %s %5s", (type, Bytes(1)), (type, Bytes(1)), (type, Bytes(0))));
        Assert.Equal("1 true", Format("%d %s", (BooleanType.Instance, Bytes((byte)1)), (BooleanType.Instance, Bytes((byte)1))));
        Assert.Equal("(1, 2)   |", Format("%-9s|", (new TupleType([IntegerType.Int32, IntegerType.Int32]), Bytes(1, 2))));
    }

    [Fact]
    public void The_check_says_what_is_wrong()
    {
        static string? Check(string format, params ScriptType[] types) => PrintfFormat.Parse(format).Check(types);
        Assert.Null(Check("plain"));
        Assert.Null(Check("%d %s %r %p %c", IntegerType.Int64, Name, new BufferType(4), new PointerType(VoidType.Instance, MemorySpace.User), Unsigned8));
        Assert.Equal("the format has places for 2 values, and there are 1", Check("%d %d", IntegerType.Int64));
        Assert.Equal("the format has places for 0 values, and there are 1", Check("%%", IntegerType.Int64));
        Assert.Equal("%d writes a number, and value 1 is of type 'string[16]'", Check("%-8d", Name));
        Assert.Equal("%rx writes what buf() gives, and value 1 is of type 'int64'", Check("%rx", IntegerType.Int64));
        Assert.Equal("%f is not supported", Check("%5.2f", IntegerType.Int64));
        Assert.Equal("%n is not supported", Check("%n", IntegerType.Int64));
        Assert.Equal("value 1 has no value that %s could write", Check("%s", VoidType.Instance));
    }

    [Theory]
    [InlineData("pid=%d comm=%s\n", "pid", "comm")]
    [InlineData("pid: %-6d, comm: %-16s", "pid", "comm")]
    [InlineData("%-10d %-16s", null, null)]
    [InlineData("error code: %d (ret=%d)", null, "ret")]
    [InlineData("http://%s:%d", null, null)]
    [InlineData("1x=%d [cpu=%d", null, "cpu")]
    [InlineData("pid=100%%%d %d", null, null)]
    public void Formats_name_values_only_where_the_name_is_plain(string format, string? first, string? second) =>
        Assert.Equal(new[] { first, second }.AsEnumerable(), PrintfFormat.Parse(format).PropertyNames);
}
