using PerfTrace.Events;

namespace PerfTrace.Tests.Events;

public sealed class EventFormatParserTests
{
    private const string SchedSwitch = """
        name: sched_switch
        ID: 372
        format:
        	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
        	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
        	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
        	field:int common_pid;	offset:4;	size:4;	signed:1;

        	field:char prev_comm[16];	offset:8;	size:16;	signed:0;
        	field:pid_t prev_pid;	offset:24;	size:4;	signed:1;
        	field:long prev_state;	offset:32;	size:8;	signed:1;

        print fmt: "prev_comm=%s prev_pid=%d", REC->prev_comm, REC->prev_pid
        """;

    [Fact]
    public void Parses_name_id_fields_and_print_format()
    {
        EventFormat format = EventFormatParser.Parse("sched", SchedSwitch);

        Assert.Equal("sched:sched_switch", format.FullName);
        Assert.Equal(372, format.Id);
        Assert.Equal(["common_type", "common_flags", "common_preempt_count", "common_pid"], format.CommonFields.Select(f => f.Name));
        Assert.Equal(["prev_comm", "prev_pid", "prev_state"], format.Fields.Select(f => f.Name));
        Assert.Equal("\"prev_comm=%s prev_pid=%d\", REC->prev_comm, REC->prev_pid", format.PrintFormat);
    }

    [Theory]
    [InlineData("char comm[16];\toffset:8;\tsize:16;\tsigned:0;", "comm", "char[16]", EventFieldKind.FixedString, typeof(string))]
    [InlineData("pid_t pid;\toffset:8;\tsize:4;\tsigned:1;", "pid", "pid_t", EventFieldKind.Integer, typeof(int))]
    [InlineData("bool ok;\toffset:8;\tsize:1;\tsigned:0;", "ok", "bool", EventFieldKind.Integer, typeof(bool))]
    [InlineData("u8 x;\toffset:8;\tsize:1;\tsigned:0;", "x", "u8", EventFieldKind.Integer, typeof(byte))]
    [InlineData("s16 x;\toffset:8;\tsize:2;\tsigned:1;", "x", "s16", EventFieldKind.Integer, typeof(short))]
    [InlineData("unsigned long long x;\toffset:8;\tsize:8;\tsigned:0;", "x", "unsigned long long", EventFieldKind.Integer, typeof(ulong))]
    [InlineData("const char * name;\toffset:8;\tsize:8;\tsigned:0;", "name", "const char *", EventFieldKind.Pointer, typeof(ulong))]
    [InlineData("const void* p;\toffset:8;\tsize:8;\tsigned:0;", "p", "const void*", EventFieldKind.Pointer, typeof(ulong))]
    [InlineData("unsigned long args[6];\toffset:16;\tsize:48;\tsigned:0;", "args", "unsigned long[6]", EventFieldKind.FixedArray, typeof(ulong[]))]
    [InlineData("u8 addr[ETH_ALEN];\toffset:16;\tsize:6;\tsigned:0;", "addr", "u8[ETH_ALEN]", EventFieldKind.FixedArray, typeof(byte[]))]
    [InlineData("unsigned long tail[];\toffset:16;\tsize:0;\tsigned:0;", "tail", "unsigned long[]", EventFieldKind.FixedArray, typeof(ulong[]))]
    [InlineData("char buf[];\toffset:16;\tsize:0;\tsigned:0;", "buf", "char[]", EventFieldKind.FixedString, typeof(string))]
    [InlineData("__data_loc char[] name;\toffset:8;\tsize:4;\tsigned:0;", "name", "__data_loc char[]", EventFieldKind.DynamicString, typeof(string))]
    [InlineData("__data_loc u64[] v;\toffset:8;\tsize:4;\tsigned:0;", "v", "__data_loc u64[]", EventFieldKind.DynamicArray, typeof(ulong[]))]
    [InlineData("__data_loc cpumask_t cpumask;\toffset:8;\tsize:4;\tsigned:0;", "cpumask", "__data_loc cpumask_t", EventFieldKind.DynamicBitmask, typeof(ulong[]))]
    [InlineData("__data_loc struct thing[] t;\toffset:8;\tsize:4;\tsigned:0;", "t", "__data_loc struct thing[]", EventFieldKind.Opaque, typeof(byte[]))]
    [InlineData("struct sockaddr_storage a;\toffset:8;\tsize:128;\tsigned:0;", "a", "struct sockaddr_storage", EventFieldKind.Opaque, typeof(byte[]))]
    public void Describes_a_field(string text, string name, string typeName, EventFieldKind kind, Type type)
    {
        EventField field = Assert.IsType<EventField>(EventFormatParser.ParseField(text));

        Assert.Equal((name, typeName, kind, type), (field.Name, field.TypeName, field.Kind, field.Type));
    }

    [Fact]
    public void A_relative_field_says_so()
    {
        EventField field = EventFormatParser.ParseField("__rel_loc char[] name;\toffset:8;\tsize:4;\tsigned:0;")!;

        Assert.True(field.IsRelative);
        Assert.Equal(EventFieldKind.DynamicString, field.Kind);
    }

    [Theory]
    [InlineData("name: x\nformat:\n", "ID")]
    [InlineData("ID: 1\nformat:\n", "name")]
    [InlineData("name: x\nID: abc\n", "abc")]
    [InlineData("name: x\nID: 1\nformat:\n\tfield:int a;\toffset:x;\tsize:4;\n", "no field")]
    [InlineData("name: x\nID: 1\nrubbish\n", "rubbish")]
    public void Refuses_what_is_no_format_file(string text, string problem)
    {
        EventFormatException error = Assert.Throws<EventFormatException>(() => EventFormatParser.Parse("s", text));

        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }
}
