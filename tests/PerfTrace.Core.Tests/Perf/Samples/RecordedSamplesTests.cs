using PerfTrace.Events;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Symbols;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Perf.Samples;

/// <summary>Recordings that are written here, of either byte order, as no perf at hand writes them.</summary>
public sealed class RecordedSamplesTests
{
    // PERF_SAMPLE_IP | TID | TIME | CALLCHAIN | PERIOD; and with RAW in place of IP and CALLCHAIN.
    private const ulong ChainType = 0x127, RawType = 0x506;
    private const ulong Kernel = unchecked((ulong)-128), User = unchecked((ulong)-512);

    public static TheoryData<bool> ByteOrders => [false, true];

    [Theory]
    [MemberData(nameof(ByteOrders))]
    public void A_chain_has_the_kernel_s_frames_and_then_the_program_s(bool isBigEndian)
    {
        var builder = new PerfDataBuilder(isBigEndian, ChainType);
        byte[] file = builder.Map(7, 0x1000, 0x1000, 0x400, "/opt/app").Comm(7, 7, "app", 1)
            .KernelSymbol(0xffffffffc0001000, 0x100, "bpf_prog_x", 2)
            .Record(9, 1, Chain(builder, 0xffffffffc0001010, 7, 10, [Kernel, 0xffffffffc0001010, User, 0x1234, 0x9999])).Build();

        PerfSample sample = Assert.Single(Read(file, out _));

        Assert.Equal(("app", 7, 7, 10UL, 5L), (sample.CommandName, sample.ProcessId, sample.ThreadId, sample.TimestampNanoseconds, sample.Period));
        Assert.Equal([("bpf_prog_x", 0xffffffffc0001010, true), ("app", 0x1234UL, false), ("[unknown]", 0x9999UL, false)],
            sample.CallStack!.Select(static f => (f.Module, f.Address, f.IsKernel)));
        Assert.Equal(("bpf_prog_x", 0x10UL), (sample.Symbol, sample.Frame!.SymbolOffset));
        Assert.Equal(0x1234UL - 0x1000 + 0x400, sample.CallStack![1].Place);
    }

    [Theory]
    [MemberData(nameof(ByteOrders))]
    public void Records_of_several_rounds_come_in_the_order_of_their_times(bool isBigEndian)
    {
        byte[] file = new PerfDataBuilder(isBigEndian).Sample(1, 10).Sample(1, 30).Round().Sample(1, 20).Comm(1, 1, "late", 25).Sample(1, 40).Round().Build();

        List<PerfSample> samples = Read(file, out PerfSampleReader reader);

        Assert.Equal([10UL, 20, 30, 40], samples.Select(static s => s.TimestampNanoseconds!.Value));
        Assert.Equal([null, null, "late", "late"], samples.Select(static s => s.CommandName));
        Assert.Equal(0, reader.OutOfOrder);
    }

    [Fact]
    public void Threads_begin_with_the_name_of_who_made_them_and_processes_with_its_mappings()
    {
        var builder = new PerfDataBuilder(false, ChainType);
        byte[] file = builder.Map(7, 0x1000, 0x1000, 0, "/opt/app").Comm(7, 7, "parent", 1).Fork(8, 7, 8, 7, 2)
            .Record(9, 2, Chain(builder, 0x1100, 8, 3, []))
            .Comm(8, 8, "child", 4, isExec: true)
            .Record(9, 2, Chain(builder, 0x1100, 8, 5, []))
            .Map(8, 0x1000, 0x1000, 0, "/opt/new", time: 6)
            .Record(9, 2, Chain(builder, 0x1100, 8, 7, []))
            .Record(9, 2, Chain(builder, 0x1100, 7, 8, [])).Build();

        Assert.Equal([("parent", "app"), ("child", "app"), ("child", "new"), ("parent", "app")], Read(file, out _).Select(static s => (s.CommandName, s.Module)));
    }

    [Fact]
    public void Who_has_the_number_of_one_that_ended_keeps_its_name()
    {
        const int Others = (1 << 16) + 10;
        var builder = new PerfDataBuilder(false);
        builder.Comm(5, 5, "first", 1).Exit(5, 5, 2).Comm(5, 5, "second", 3).Comm(6, 6, "gone", 3).Exit(6, 6, 4);
        for (uint i = 0; i < Others; i++)
            builder.Exit(100 + i, 100 + i, 5);

        Assert.Equal(["second", null], Read(builder.Sample(5, 6).Sample(6, 7).Build(), out _).Select(static s => s.CommandName));
    }

    [Fact]
    public void Frames_stay_the_same_while_something_is_mapped_elsewhere()
    {
        var table = new MappingTable();
        using var symbols = new SymbolStore(SystemPaths.Default);
        var modules = new RecordedModules(symbols);
        table.Add(0x1000, 0x1000, 0, modules.Unknown);
        StackFrame frame = table.Frame(0x1800, isKernel: false, isCaller: false)!;

        table.Add(0x5000, 0x1000, 0, modules.Unknown);
        Assert.Same(frame, table.Frame(0x1800, isKernel: false, isCaller: false));

        table.Add(0x1800, 0x100, 0x1800, modules.Unknown);
        Assert.Equal(0UL, table.Frame(0x1800, isKernel: false, isCaller: false)!.Place);
    }

    [Fact]
    public void No_number_of_mappings_takes_more_than_a_bounded_time_and_room()
    {
        var table = new MappingTable();
        using var symbols = new SymbolStore(SystemPaths.Default);
        var modules = new RecordedModules(symbols);
        for (ulong i = 200_000; i > 0; i--)
            table.Add(i << 12, 1 << 12, 0, modules.Unknown);

        Assert.InRange(table.Mappings.Count, 1, 1 << 17);
        Assert.NotNull(table.Find(1 << 12));
    }

    [Fact]
    public void A_new_mapping_takes_the_place_of_what_was_there()
    {
        var builder = new PerfDataBuilder(false, ChainType);
        byte[] file = builder.Map(7, 0x1000, 0x3000, 0, "/opt/a").Map(7, 0x2000, 0x1000, 0x8000, "/opt/b")
            .Record(9, 2, Chain(builder, 0x1800, 7, 1, [User, 0x1800, 0x2800, 0x3800])).Build();

        Assert.Equal([("a", 0x800UL), ("b", 0x8800UL), ("a", 0x2800UL)], Assert.Single(Read(file, out _)).CallStack!.Select(static f => (f.Module, f.Place)));
    }

    [Theory]
    [MemberData(nameof(ByteOrders))]
    public void A_tracepoint_s_payload_is_read_by_the_format_in_the_file(bool isBigEndian)
    {
        const string Format = """
            name: thing_done
            ID: 4711
            format:
            	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
            	field:int common_pid;	offset:4;	size:4;	signed:1;

            	field:u64 count;	offset:8;	size:8;	signed:0;
            	field:s16 delta[2];	offset:16;	size:4;	signed:1;
            	field:__data_loc char[] what;	offset:20;	size:4;	signed:0;
            	field:__data_loc u32[] numbers;	offset:24;	size:4;	signed:0;

            print fmt: "count=%llu what=%s", REC->count, __get_str(what)
            """;
        var builder = new PerfDataBuilder(isBigEndian, RawType, type: 2, config: 4711);
        byte[] raw =
        [
            .. builder.Word16(4711), 0, 0, .. builder.Word32(7), .. builder.Word64(1234567890123), .. builder.Word16(5), .. builder.Word16(unchecked((ushort)-6)),
            .. builder.Word32(28 | (4 << 16)), .. builder.Word32(32 | (8 << 16)), .. "abc\0"u8, .. builder.Word32(11), .. builder.Word32(0xdeadbeef), 0, 0, 0, 0,
        ];
        byte[] file = builder.Section(1, Formats(builder, isBigEndian, "made", Format))
            .Record(9, 1, [.. builder.Word32(7), .. builder.Word32(7), .. builder.Word64(9), .. builder.Word64(1), .. builder.Word32((uint)raw.Length), .. raw]).Build();

        PerfSample sample = Assert.Single(Read(file, out PerfSampleReader reader));

        Assert.Null(reader.Problem);
        Assert.Equal("made:thing_done", sample.EventName);
        TraceEvent e = sample.TraceEvent!;
        Assert.Equal((1234567890123UL, "abc"), (Property<ulong>(e, "count"), Property<string>(e, "what")));
        Assert.Equal([5, -6], Property<short[]>(e, "delta"));
        Assert.Equal([11, 0xdeadbeef], Property<uint[]>(e, "numbers"));
    }

    // The records of a machine of 32 bits have the same layout; the kernel is below 4 GiB, and the marks in chains have 64 bits nevertheless.
    [Theory]
    [InlineData(false, "armv7l")]
    [InlineData(true, "armv7b")]
    [InlineData(false, "i686")]
    [InlineData(true, "ppc")]
    public void A_machine_of_32_bits_is_read_too(bool isBigEndian, string machine)
    {
        const uint KernelStart = 0xc0008000;
        var builder = new PerfDataBuilder(isBigEndian, ChainType);
        byte[] file = builder.Text(6, machine)
            .Record(1, 1, [.. builder.Word32(uint.MaxValue), .. builder.Word32(0), .. builder.Word64(KernelStart), .. builder.Word64(0x800000), .. builder.Word64(KernelStart), .. PerfDataBuilder.Name("[kernel.kallsyms]_text"), .. new byte[16]])
            .Record(1, 1, [.. builder.Word32(uint.MaxValue), .. builder.Word32(0), .. builder.Word64(0xbf000000), .. builder.Word64(0x1000), .. builder.Word64(0), .. PerfDataBuilder.Name("[nft]"), .. new byte[16]])
            .Map(7, 0x10000, 0x1000, 0, "/opt/app").Map(7, 0xb6f00000, 0x20000, 0x1000, "/lib/libc.so").Comm(7, 7, "app", 1)
            .Record(9, 1, Chain(builder, KernelStart + 16, 7, 10, [Kernel, KernelStart + 16, 0xbf000020, User, 0xb6f00100, 0x10400]))
            .Record(9, 2, Chain(builder, 0x10404, 7, 11, [User, 0x10404, 0xfffffffe])).Build();

        List<PerfSample> samples = Read(file, out PerfSampleReader reader);

        Assert.Null(reader.Problem);
        Assert.Equal([("[kernel.kallsyms]", KernelStart + 16UL, true), ("[nft]", 0xbf000020UL, true), ("libc.so", 0x1100, false), ("app", 0x400, false)],
            samples[0].CallStack!.Select(static f => (f.Module, f.Place, f.IsKernel)));
        Assert.Equal([("app", 0x404UL), ("[unknown]", 0xfffffffe)], samples[1].CallStack!.Select(static f => (f.Module, f.Place)));
        Assert.Equal((0xc0008010UL, 0x10404UL), (samples[0].InstructionPointer, samples[1].InstructionPointer));
        PerfDataInfo info = PerfDataInspector.Read(new MemoryStream(file), "", out _);
        Assert.Equal((machine, isBigEndian, 2), (info.Architecture, info.IsBigEndian, info.Samples));
    }

    [Theory]
    [MemberData(nameof(ByteOrders))]
    public void A_long_of_a_machine_of_32_bits_has_four_bytes(bool isBigEndian)
    {
        const string Format = """
            name: short_longs
            ID: 812
            format:
            	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
            	field:int common_pid;	offset:4;	size:4;	signed:1;

            	field:unsigned long ip;	offset:8;	size:4;	signed:0;
            	field:long delta;	offset:12;	size:4;	signed:1;
            	field:void * where;	offset:16;	size:4;	signed:0;

            print fmt: "ip=%lx delta=%ld", REC->ip, REC->delta
            """;
        var builder = new PerfDataBuilder(isBigEndian, RawType, type: 2, config: 812);
        byte[] raw = [.. builder.Word16(812), 0, 0, .. builder.Word32(7), .. builder.Word32(0xc0008000), .. builder.Word32(uint.MaxValue), .. builder.Word32(0xdeadbeef), 0, 0, 0, 0];
        byte[] file = builder.Section(1, Formats(builder, isBigEndian, "made", Format, longSize: 4))
            .Record(9, 1, [.. builder.Word32(7), .. builder.Word32(7), .. builder.Word64(9), .. builder.Word64(1), .. builder.Word32((uint)raw.Length), .. raw]).Build();

        TraceEvent e = Assert.Single(Read(file, out _)).TraceEvent!;

        Assert.Equal("ip=c0008000 delta=-1", e.Message);
        Assert.Equal(("3221258240", "-1", "3735928559"), (Text(e, "ip"), Text(e, "delta"), Text(e, "where")));
    }

    [Theory]
    [InlineData("4.14.0-of-another-machine", null)]
    [InlineData(null, "do_syscall_64")]
    public void A_kernel_that_does_not_run_here_does_not_get_the_names_of_the_one_that_does(string? release, string? expected)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root sees the addresses of the kernel's functions.");
        Assert.SkipUnless(System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64, "The function is one of x86-64.");
        ulong AddressOf(string name) => Convert.ToUInt64(File.ReadLines("/proc/kallsyms").First(l => l.EndsWith($" {name}", StringComparison.Ordinal)).Split(' ')[0], 16);
        ulong text = AddressOf("_text"), function = AddressOf("do_syscall_64");
        var builder = new PerfDataBuilder(false, ChainType);
        byte[] file = builder.Text(4, release ?? KernelRelease.Current)
            .Record(1, 1, [.. builder.Word32(uint.MaxValue), .. builder.Word32(0), .. builder.Word64(text), .. builder.Word64(0x4000000), .. builder.Word64(text), .. PerfDataBuilder.Name("[kernel.kallsyms]_text"), .. new byte[16]])
            .Record(9, 1, Chain(builder, function + 1, 7, 10, [])).Build();

        PerfSample sample = Assert.Single(Read(file, out _));

        Assert.Equal(("[kernel.kallsyms]", expected), (sample.Module, sample.Symbol));
        Assert.Equal(expected is null, sample.Frame!.Missing?.Contains("not the one that runs", StringComparison.Ordinal) == true);
    }

    [Fact]
    public void What_was_lost_is_counted()
    {
        byte[] file = new PerfDataBuilder(false).Sample(1, 1).Lost(5, 2).Lost(7, 3).Build();

        Read(file, out PerfSampleReader reader);

        Assert.Equal((1, 12), (reader.Samples, reader.Lost));
    }

    [Fact]
    public void A_sample_that_is_too_short_is_named_and_the_others_come()
    {
        var builder = new PerfDataBuilder(false, ChainType);
        byte[] file = builder.Record(9, 2, Chain(builder, 1, 7, 1, []))
            .Record(9, 2, [.. Chain(builder, 1, 7, 2, [])[..^8], .. builder.Word64(1000)])
            .Record(9, 2, Chain(builder, 1, 7, 3, [])).Build();

        Assert.Equal([1UL, 3], Read(file, out PerfSampleReader reader).Select(static s => s.TimestampNanoseconds!.Value));
        Assert.Contains("A count of 1000", reader.Problem!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Samples_that_can_not_be_ordered_are_counted()
    {
        var builder = new PerfDataBuilder(false);
        builder.Sample(1, 50).Round().Sample(1, 60).Round().Sample(1, 10).Round().Round();

        Read(builder.Build(), out PerfSampleReader reader);

        Assert.Equal(1, reader.OutOfOrder);
    }

    private static byte[] Chain(PerfDataBuilder builder, ulong ip, uint thread, ulong time, ulong[] chain) =>
        [.. builder.Word64(ip), .. builder.Word32(thread), .. builder.Word32(thread), .. builder.Word64(time), .. builder.Word64(5),
            .. builder.Word64((ulong)chain.Length), .. chain.SelectMany(builder.Word64)];

    // As perf writes them, with empty files for the headers of ftrace's ring buffer.
    private static byte[] Formats(PerfDataBuilder builder, bool isBigEndian, string system, string format, byte longSize = 8) =>
    [
        23, 8, 68, .. "tracing0.6\0"u8, (byte)(isBigEndian ? 1 : 0), longSize, .. builder.Word32(4096),
        .. "header_page\0"u8, .. builder.Word64(0), .. "header_event\0"u8, .. builder.Word64(0), .. builder.Word32(0),
        .. builder.Word32(1), .. System.Text.Encoding.UTF8.GetBytes(system), 0, .. builder.Word32(1),
        .. builder.Word64((ulong)format.Length), .. System.Text.Encoding.UTF8.GetBytes(format),
    ];

    private static string Text(TraceEvent e, string name) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{e.GetType().GetProperty(name)!.GetValue(e)}");

    private static T Property<T>(TraceEvent e, string name) => (T)e.GetType().GetProperty(name)!.GetValue(e)!;

    private static List<PerfSample> Read(byte[] file, out PerfSampleReader reader)
    {
        using var symbols = new SymbolStore(SystemPaths.Default);
        reader = PerfSampleReader.Open(new MemoryStream(file), symbols);
        using (reader)
        {
            var samples = new List<PerfSample>();
            while (reader.TryRead(out PerfSample? sample))
                samples.Add(sample);
            return samples;
        }
    }
}
