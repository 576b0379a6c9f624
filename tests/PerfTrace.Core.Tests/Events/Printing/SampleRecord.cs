using System.Buffers.Binary;
using System.Text;
using PerfTrace.Events;
using PerfTrace.Events.Printing;
using PerfTrace.Kernel;

namespace PerfTrace.Tests.Events.Printing;

/// <summary>An event with a field of each kind, a record of it, and a kernel with three functions.</summary>
internal sealed class SampleRecord
{
    public const string Fields = """
        	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
        	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
        	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
        	field:int common_pid;	offset:4;	size:4;	signed:1;

        	field:u8 b;	offset:8;	size:1;	signed:0;
        	field:s8 sb;	offset:9;	size:1;	signed:1;
        	field:u16 h;	offset:10;	size:2;	signed:0;
        	field:int i;	offset:12;	size:4;	signed:1;
        	field:u32 u;	offset:16;	size:4;	signed:0;
        	field:short sh;	offset:20;	size:2;	signed:1;
        	field:bool yes;	offset:22;	size:1;	signed:0;
        	field:char letter;	offset:23;	size:1;	signed:1;
        	field:u64 q;	offset:24;	size:8;	signed:0;
        	field:s64 l;	offset:32;	size:8;	signed:1;
        	field:void * pointer;	offset:40;	size:8;	signed:0;
        	field:const char * text_pointer;	offset:48;	size:8;	signed:0;
        	field:char text[8];	offset:56;	size:8;	signed:0;
        	field:u8 addr[6];	offset:64;	size:6;	signed:0;
        	field:u8 four[4];	offset:70;	size:4;	signed:0;
        	field:u8 six[16];	offset:74;	size:16;	signed:0;
        	field:__data_loc char[] name;	offset:92;	size:4;	signed:0;
        	field:__data_loc u32[] list;	offset:96;	size:4;	signed:0;
        	field:__data_loc cpumask_t cpus;	offset:100;	size:4;	signed:0;
        	field:__rel_loc char[] behind;	offset:104;	size:4;	signed:0;
        	field:u64 words[3];	offset:112;	size:24;	signed:0;
        	field:u8 socket[28];	offset:136;	size:28;	signed:0;
        	field:void * error;	offset:168;	size:8;	signed:0;
        	field:void * nothing;	offset:176;	size:8;	signed:0;
        """;

    public static PrintEnvironment Environment { get; } = new()
    {
        Symbols = KernelSymbolTable.Parse(Encoding.ASCII.GetBytes("""
            ffffffff81000000 T _stext
            ffffffff81000100 t small
            ffffffff81000110 T large
            ffffffff81001000 T _etext
            ffffffffc0000000 t inner	[module]
            """)),
        Strings = new OneString(),
        TicksPerSecond = 250,
        KernelVersion = new Version(6, 18),
    };

    public static EventFormat Format(string printFormat, string system = "sample") =>
        EventFormatParser.Parse(system, $"name: sample\nID: 1234\nformat:\n{Fields}\n\nprint fmt: {printFormat}\n");

    public static byte[] Bytes()
    {
        byte[] record = new byte[256];
        Span<byte> at = record;
        BinaryPrimitives.WriteUInt16LittleEndian(at, 1234);
        record[2] = 1;
        BinaryPrimitives.WriteInt32LittleEndian(at[4..], 77);
        record[8] = 0xfe;
        record[9] = 0xfe;
        BinaryPrimitives.WriteUInt16LittleEndian(at[10..], 0xfffe);
        BinaryPrimitives.WriteInt32LittleEndian(at[12..], -5);
        BinaryPrimitives.WriteUInt32LittleEndian(at[16..], 0xfffffffb);
        BinaryPrimitives.WriteInt16LittleEndian(at[20..], -2);
        record[22] = 1;
        record[23] = (byte)'x';
        BinaryPrimitives.WriteUInt64LittleEndian(at[24..], 0xfedcba9876543210);
        BinaryPrimitives.WriteInt64LittleEndian(at[32..], -7);
        BinaryPrimitives.WriteUInt64LittleEndian(at[40..], 0xffffffff81000105);
        BinaryPrimitives.WriteUInt64LittleEndian(at[48..], OneString.Address);
        Encoding.ASCII.GetBytes("hello").CopyTo(at[56..]);
        ((ReadOnlySpan<byte>)[0x02, 0x00, 0x5e, 0x10, 0x00, 0xff]).CopyTo(at[64..]);
        ((ReadOnlySpan<byte>)[127, 0, 0, 1]).CopyTo(at[70..]);
        ((ReadOnlySpan<byte>)[0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x0a, 0xbc]).CopyTo(at[74..]);
        BinaryPrimitives.WriteUInt32LittleEndian(at[92..], 8 << 16 | 192);
        BinaryPrimitives.WriteUInt32LittleEndian(at[96..], 12 << 16 | 200);
        BinaryPrimitives.WriteUInt32LittleEndian(at[100..], 8 << 16 | 216);
        BinaryPrimitives.WriteUInt32LittleEndian(at[104..], 4 << 16 | 224 - 108);
        for (int i = 0; i < 3; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(at[(112 + i * 8)..], (ulong)(i + 1) << 32);
        ((ReadOnlySpan<byte>)[10, 0, 0x1f, 0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0]).CopyTo(at[136..]);
        BinaryPrimitives.WriteInt64LittleEndian(at[168..], -12);
        Encoding.ASCII.GetBytes("dynamic").CopyTo(at[192..]);
        foreach ((int offset, uint value) in ((int, uint)[])[(200, 1), (204, 2), (208, 0xffff)])
            BinaryPrimitives.WriteUInt32LittleEndian(at[offset..], value);
        BinaryPrimitives.WriteUInt64LittleEndian(at[216..], 0x1_0000_002d);
        Encoding.ASCII.GetBytes("abc").CopyTo(at[224..]);
        return record;
    }

    /// <summary>The text of the record by a print format.</summary>
    public static string Render(string printFormat)
    {
        PrintFormat format = PrintFormat.Compile(Format(printFormat));
        Assert.Null(format.Problem);
        return format.Render(Bytes(), Environment);
    }

    private sealed class OneString : IKernelStrings
    {
        public const ulong Address = 0xffffffff82000010;

        public bool TryRead(ulong address, out string text)
        {
            text = "from the kernel";
            return address == Address;
        }
    }
}
