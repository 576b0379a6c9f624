using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using PerfTrace.Events;
using PerfTrace.Events.Printing;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Events;

public sealed class EventSchemaTests
{
    private const string Common = """
        	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
        	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
        	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
        	field:int common_pid;	offset:4;	size:4;	signed:1;
        """;

    private static int s_number;

    private static readonly EventOrigin Origin = new(null, 1_000_000_000, PrintEnvironment.Current);

    private static EventSchema Schema(string fields, string print = "\"\"") =>
        EventSchemas.For(EventFormatParser.Parse("test", $"name: made_{Interlocked.Increment(ref s_number)}\nID: 7\nformat:\n{Common}\n\n{fields}\n\nprint fmt: {print}\n"));

    private static TraceEvent Create(EventSchema schema, ReadOnlySpan<byte> record)
    {
        var envelope = new EventEnvelope(Origin, 5_000_000_123, 3, 41, 42, "name");
        return schema.Create(in envelope, record);
    }

    private static object? Value(TraceEvent e, string property) => e.GetType().GetProperty(property)!.GetValue(e);

    [Fact]
    public void The_envelope_is_that_of_the_stream()
    {
        TraceEvent e = Create(Schema("\tfield:int x;\toffset:8;\tsize:4;\tsigned:1;"), new byte[12]);

        Assert.Equal((3, 41, 42, "name"), (e.Cpu, e.ProcessId, e.ThreadId, e.CommandName));
        Assert.Equal(5_000_000_123UL, e.TimestampNanoseconds);
        Assert.Equal(TimeSpan.FromTicks(50_000_001), e.Timestamp);
        Assert.Equal(DateTimeOffset.UnixEpoch.AddTicks(60_000_001), e.Time);
    }

    [Theory]
    [InlineData("u8 x", 1, 0, "ff", (byte)255)]
    [InlineData("s8 x", 1, 1, "ff", (sbyte)-1)]
    [InlineData("u16 x", 2, 0, "fffe", (ushort)0xfeff)]
    [InlineData("s16 x", 2, 1, "feff", (short)-2)]
    [InlineData("u32 x", 4, 0, "ffffffff", uint.MaxValue)]
    [InlineData("pid_t x", 4, 1, "feffffff", -2)]
    [InlineData("u64 x", 8, 0, "ffffffffffffffff", ulong.MaxValue)]
    [InlineData("long x", 8, 1, "feffffffffffffff", -2L)]
    [InlineData("void * x", 8, 0, "0100000000000080", 0x8000000000000001UL)]
    [InlineData("bool x", 1, 0, "01", true)]
    [InlineData("bool x", 1, 0, "02", true)]
    [InlineData("bool x", 1, 0, "00", false)]
    [InlineData("char x[8]", 8, 0, "6162006364000000", "ab")]
    [InlineData("char x[3]", 3, 0, "616263", "abc")]
    [InlineData("u16 x[2]", 4, 0, "01000200", new ushort[] { 1, 2 })]
    [InlineData("struct in6 x", 3, 0, "010203", new byte[] { 1, 2, 3 })]
    public void A_field_has_its_value_and_type(string declaration, int size, int signed, string bytes, object expected)
    {
        EventSchema schema = Schema($"\tfield:{declaration};\toffset:8;\tsize:{size};\tsigned:{signed};");

        object? value = Value(Create(schema, [.. new byte[8], .. Convert.FromHexString(bytes)]), "x");

        Assert.Equal(expected, value);
        Assert.IsType(expected.GetType(), value);
    }

    [Theory]
    [InlineData("__data_loc char[] x", "1000 0500 00000000 6869207100", "hi q")]
    [InlineData("__rel_loc char[] x", "0400 0300 00000000 686900", "hi")]
    [InlineData("__data_loc u32[] x", "1000 0800 00000000 0100000002000000", new uint[] { 1, 2 })]
    [InlineData("__data_loc cpumask_t x", "1000 0800 00000000 0500000000000000", new ulong[] { 5 })]
    [InlineData("__data_loc char[] x", "ff7f 0500 00000000", "")] // behind the end
    [InlineData("__data_loc char[] x", "1000 ff7f 00000000 6869", "hi")] // longer than the record
    [InlineData("__data_loc u32[] x", "1000 ffff 00000000 010000000200", new uint[] { 1 })]
    [InlineData("__data_loc char[] x", "0000 0000", "")]
    public void Dynamic_data_lies_where_the_record_says_or_nowhere(string declaration, string bytes, object expected)
    {
        EventSchema schema = Schema($"\tfield:{declaration};\toffset:8;\tsize:4;\tsigned:0;\n\tfield:int y;\toffset:12;\tsize:4;\tsigned:1;");

        Assert.Equal(expected, Value(Create(schema, [.. new byte[8], .. Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal))]), "x"));
    }

    [Fact]
    public void What_has_no_size_reaches_to_the_end()
    {
        EventSchema text = Schema("\tfield:char buf[];\toffset:8;\tsize:0;\tsigned:0;");
        EventSchema numbers = Schema("\tfield:unsigned long caller[];\toffset:8;\tsize:0;\tsigned:0;");

        Assert.Equal("abc", Value(Create(text, [.. new byte[8], .. "abc\0"u8]), "buf"));
        Assert.Equal("", Value(Create(text, new byte[8]), "buf"));
        Assert.Equal(new ulong[] { 1 }, Value(Create(numbers, [.. new byte[8], 1, 0, 0, 0, 0, 0, 0, 0]), "caller"));
    }

    [Fact]
    public void A_record_that_is_too_short_is_filled_with_zeros()
    {
        EventSchema schema = Schema("\tfield:int x;\toffset:8;\tsize:4;\tsigned:1;\n\tfield:int y;\toffset:12;\tsize:4;\tsigned:1;");

        TraceEvent e = Create(schema, [.. new byte[8], 9, 0, 0, 0]);

        Assert.Equal((9, 0), ((int)Value(e, "x")!, (int)Value(e, "y")!));
    }

    [Fact]
    public void Names_that_differ_from_the_envelope_in_case_alone_are_changed()
    {
        EventSchema schema = Schema("\tfield:int cpu;\toffset:8;\tsize:4;\tsigned:1;\n\tfield:int timestamp;\toffset:12;\tsize:4;\tsigned:1;\n\tfield:int CPU;\toffset:16;\tsize:4;\tsigned:1;");

        TraceEvent e = Create(schema, [.. new byte[8], 7, 0, 0, 0, 8, 0, 0, 0, 9, 0, 0, 0]);

        Assert.Equal(3, e.Cpu);
        Assert.Equal((7, 8, 9), ((int)Value(e, "field_cpu")!, (int)Value(e, "field_timestamp")!, (int)Value(e, "field2_CPU")!));
    }

    [Fact]
    public void The_same_format_is_the_same_class_and_another_one_is_another()
    {
        string text = $"name: again\nID: 7\nformat:\n{Common}\n\n\tfield:int x;\toffset:8;\tsize:4;\tsigned:1;\n\nprint fmt: \"\"\n";
        EventSchema first = EventSchemas.For(EventFormatParser.Parse("test", text));
        EventSchema renumbered = EventSchemas.For(EventFormatParser.Parse("test", text.Replace("ID: 7", "ID: 8", StringComparison.Ordinal)));
        EventSchema changed = EventSchemas.For(EventFormatParser.Parse("test", text.Replace("int x", "int z", StringComparison.Ordinal)));

        Assert.Same(first, renumbered);
        Assert.NotSame(first.Type, changed.Type);
        Assert.NotNull(changed.Type.GetProperty("z"));
    }

    [Fact]
    public void Every_event_of_this_kernel_becomes_a_class_that_PowerShell_can_take()
    {
        TracingDirectory directory = TracingDirectory.Open(SystemPaths.Default);
        int count = 0;
        byte[] record = new byte[4096];
        new Random(1).NextBytes(record);

        foreach (Tracepoint tracepoint in TracepointCatalogue.List(directory))
        {
            EventSchema schema = EventSchemas.For(tracepoint.Format);
            PropertyInfo[] properties = schema.Type.GetProperties();
            Assert.Equal(properties.Length, properties.Select(static p => p.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count());
            Assert.Equal(tracepoint.Fields.Count, schema.Properties.Count(static p => p.SymbolIndex is null));
            // Whatever the bytes are, every property has a value.
            TraceEvent e = Create(schema, record);
            TraceEvent empty = Create(schema, []);
            foreach (PropertyInfo property in properties)
            {
                property.GetValue(e);
                property.GetValue(empty);
            }
            count++;
        }

        Assert.True(count > 500, $"{count} events");
    }

    // The other kernel's, in a fraction of the time: most of that of the test above is the runtime's, which compiles each property and the call of it.
    [Fact]
    [Trait("Machine", "Both")]
    public void Every_event_of_this_kernel_becomes_a_class_and_a_property_of_each_kind_has_a_value()
    {
        TracingDirectory directory = TracingDirectory.Open(SystemPaths.Default);
        byte[] record = new byte[4096];
        new Random(1).NextBytes(record);
        int count = 0;
        var seen = new HashSet<(Type, EventFieldKind, bool IsFixed, bool IsRelative, bool IsSymbol)>();

        foreach (Tracepoint tracepoint in TracepointCatalogue.List(directory))
        {
            EventSchema schema = EventSchemas.For(tracepoint.Format);
            string[] names = [.. schema.Type.GetProperties().Select(static p => p.Name)];
            Assert.Equal(names.Length, names.Distinct(StringComparer.OrdinalIgnoreCase).Count());
            Assert.Empty(schema.Properties.Select(static p => p.Name).Except(names));
            Assert.Equal(tracepoint.Fields.Count, schema.Properties.Count(static p => p.SymbolIndex is null));
            TraceEvent e = Create(schema, record), empty = Create(schema, []);
            foreach (EventProperty property in schema.Properties)
            {
                EventField field = property.Field;
                if (!seen.Add((property.Type, field.Kind, field.Size > 0 && !EventTypeBuilder.IsDynamic(field), field.IsRelative, property.SymbolIndex is not null)))
                    continue;
                Assert.IsType(property.Type, Value(e, property.Name));
                Assert.IsType(property.Type, Value(empty, property.Name));
            }
            count++;
        }

        Assert.True(count > 500 && seen.Count > 15, $"{count} events, {seen.Count} kinds of properties");
    }

    [Fact]
    public void An_event_is_one_object_of_its_size()
    {
        TracingDirectory directory = TracingDirectory.Open(SystemPaths.Default);
        EventSchema schema = EventSchemas.For(TracepointCatalogue.List(directory).First(static t => t.Event == "sched:sched_switch").Format);
        byte[] record = new byte[64];
        Create(schema, record);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            Create(schema, record);
        long each = (GC.GetAllocatedBytesForCurrentThread() - before) / 1000;

        Assert.InRange(each, 64, 64 + 80);
    }
}
