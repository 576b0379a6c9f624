using System.Globalization;
using System.Text;
using PerfTrace.Events;
using PerfTrace.Events.Printing;
using PerfTrace.Kernel;
using PerfTrace.Tests.Support;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing.Reading;

/// <summary>Records of pages that were made here: what a kernel writes seldom, or only other kernels do.</summary>
public sealed class RecordDecoderTests : IDisposable
{
    private const int Function = 1, KernelStack = 4, Print = 5, BPrint = 6, GraphExit = 10, GraphEntry = 11, UserStack = 12, BPuts = 15, RetAddr = 20, Bpf = 300;
    private const ulong Puts = 0xffffffff82000010, Format = 0xffffffff82000020;

    private readonly Queue<byte[]> _pages = new();
    private readonly List<TraceRecord> _output = [];
    private readonly Dictionary<ulong, string> _strings = new() { [Puts] = "hello, world\n" };
    private readonly RecordDecoder _decoder;
    private readonly CpuPipe _pipe;

    public RecordDecoderTests()
    {
        TracingDirectory top = TracingDirectory.Open(SystemPaths.Default);
        var environment = new PrintEnvironment { Strings = new Strings(_strings), Symbols = new Schedule() };
        _decoder = new RecordDecoder(new Formats(), new TraceTasks(top), new EventOrigin(null, null, environment), null, new TraceStacks(SystemPaths.Default, environment.Symbols))
        {
            Output = _output.Add,
        };
        _pipe = new CpuPipe(0, RingPageBuilder.Layout, new Stack<byte[]>(), page =>
        {
            if (!_pages.TryDequeue(out byte[]? next))
                return -1;
            next.CopyTo(page, 0);
            return next.Length;
        });
    }

    public void Dispose() => _pipe.Dispose();

    [Fact]
    public void A_stack_that_has_not_been_read_yet_is_waited_for()
    {
        _decoder.HasKernelStacks = true;
        Read(new RingPageBuilder(1_000).Small(5, Record(Function, 0x10, 0x20)));
        Assert.True(_pipe.FindNext() && _decoder.AwaitsStacks(_pipe));
        Read(new RingPageBuilder(1_100).Small(0, Stack(KernelStack, 0x11, 0x12)));
        Assert.False(_decoder.AwaitsStacks(_pipe));
        DecodeAll();
        Assert.Equal(["0x11", "0x12"], Assert.Single(_output).CallStack!.Kernel);
    }

    [Fact]
    public void A_stack_is_found_behind_the_end_of_a_page_and_behind_pages_without_records()
    {
        Read(new RingPageBuilder(1_000).Small(5, Record(Function, 0x10, 0x20)), new RingPageBuilder(1_050).TakenBack(4, 40),
            new RingPageBuilder(1_100).Small(0, Stack(KernelStack, 0x11)).Small(1, Record(Function, 0x30, 0x40)).Small(1, Stack(KernelStack, 0x31)));
        DecodeAll();
        Assert.Equal(["0x11", "0x31"], _output.Select(static r => Assert.Single(r.CallStack!.Kernel)));
        Assert.Equal(4, _pages.Count + _output.Count + 2);
    }

    [Fact]
    public void Nothing_is_waited_for_where_another_record_has_come()
    {
        _decoder.HasKernelStacks = true;
        Read(new RingPageBuilder(1_000).Small(5, Record(Function, 0x10, 0x20)), new RingPageBuilder(1_100).Small(0, Record(Function, 0x30, 0x40)));
        Assert.True(_pipe.FindNext());
        Assert.False(_decoder.AwaitsStacks(_pipe));
    }

    [Fact]
    public void A_stack_of_the_program_is_waited_for_behind_that_of_the_kernel()
    {
        _decoder.HasKernelStacks = _decoder.HasUserStacks = true;
        Read(new RingPageBuilder(1_000).Small(5, Record(Function, 0x10, 0x20)).Small(1, Stack(KernelStack, 0x11)));
        Assert.True(_pipe.FindNext() && _decoder.AwaitsStacks(_pipe));
        Read(new RingPageBuilder(1_100).Small(0, UserFrames(0x77)));
        Assert.False(_decoder.AwaitsStacks(_pipe));
        DecodeAll();
        EventStack stack = Assert.Single(_output).CallStack!;
        Assert.Equal((1, 1), (stack.Kernel.Count, stack.User.Count));
    }

    [Fact]
    public void An_event_without_a_stack_is_not_held_back_for_long()
    {
        _decoder.HasKernelStacks = true;
        Read(new RingPageBuilder(1_000).Small(5, Record(Function, 0x10, 0x20)));
        Assert.True(_pipe.FindNext() && _decoder.AwaitsStacks(_pipe));
        Thread.Sleep(110);
        Assert.False(_decoder.AwaitsStacks(_pipe));
        DecodeAll();
        Assert.Null(Assert.Single(_output).CallStack);
    }

    [Fact]
    public void Nobody_waits_for_stacks_that_were_never_asked_for_nor_seen()
    {
        Read(new RingPageBuilder(1_000).Small(5, Record(Function, 0x10, 0x20)));
        Assert.True(_pipe.FindNext());
        Assert.False(_decoder.AwaitsStacks(_pipe));
        Read(new RingPageBuilder(1_100).Small(0, Stack(KernelStack, 0x11)).Small(1, Record(Function, 0x30, 0x40)));
        DecodeAll(1);
        Assert.True(_pipe.FindNext() && _decoder.AwaitsStacks(_pipe));
    }

    // Linux 6.15 and later, x86-64: kernel/trace/trace_functions.c, function_args_trace_call().
    [Fact]
    public void The_arguments_of_a_function()
    {
        Read(new RingPageBuilder(1).Small(1, Record(Function, 0x10, 0x20, 1, 2, 3, 4, 5, ulong.MaxValue)).Small(1, Record(Function, 0x10, 0x20)));
        DecodeAll();
        Assert.Equal([1, 2, 3, 4, 5, ulong.MaxValue], ((FunctionEntry)_output[0]).Arguments!);
        Assert.Null(((FunctionEntry)_output[1]).Arguments);
    }

    // kernel/trace/trace_functions_graph.c, __graph_entry(); depth was unsigned long in 6.15 alone.
    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    public void The_arguments_of_a_call_with_its_duration(int depthSize)
    {
        Formats.DepthSize = depthSize;
        try
        {
            Read(new RingPageBuilder(1).Small(1, Record(GraphEntry, 0x10, 0, 7, 8, 9, 10, 11, 12)).Small(1, Record(GraphEntry, 0x20, 1))
                .Small(1, Record(GraphExit, 0x20, 1, 100, 150)).Small(1, Record(GraphExit, 0x10, 0, 90, 190)));
            DecodeAll();
        }
        finally
        {
            Formats.DepthSize = 4;
        }
        FunctionGraphEntry inner = (FunctionGraphEntry)_output[0], outer = (FunctionGraphEntry)_output[1];
        Assert.Equal((0x20UL, 1, 50UL, true), (inner.Address, inner.Depth, inner.DurationNanoseconds, inner.IsLeaf));
        Assert.Equal((0x10UL, 0, 100UL, false), (outer.Address, outer.Depth, outer.DurationNanoseconds, outer.IsLeaf));
        Assert.Null(inner.Arguments);
        Assert.Equal([7UL, 8, 9, 10, 11, 12], outer.Arguments!);
    }

    // Linux 6.13 and later, option funcgraph-retaddr: kernel/trace/trace_entries.h, fgraph_retaddr_entry.
    [Fact]
    public void A_call_with_the_address_that_it_returns_to()
    {
        Read(new RingPageBuilder(1).Small(1, Packed(RetAddr, 0x10UL, 0, 0x1234UL)).Small(1, Record(GraphExit, 0x10, 0, 90, 190)));
        DecodeAll();
        FunctionGraphEntry call = Assert.IsType<FunctionGraphEntry>(Assert.Single(_output));
        Assert.Equal((0x10UL, "0x00001234", 100UL), (call.Address, call.Caller, call.DurationNanoseconds));
    }

    [Fact]
    public void What_a_BPF_program_printed()
    {
        byte[] text = [.. "bytes: 5\n\0\0\0"u8];
        Read(new RingPageBuilder(1).Small(1, [.. Head(Bpf), 12, 0, (byte)text.Length, 0, .. text]));
        DecodeAll();
        BpfPrintk printed = Assert.IsType<BpfPrintk>(Assert.Single(_output));
        Assert.Equal(("bytes: 5", "bytes: 5", "bpf_trace:bpf_trace_printk"), (printed.Text, printed.Message, printed.EventName));
    }

    [Fact]
    public void A_constant_that_the_kernel_printed()
    {
        Read(new RingPageBuilder(1).Small(1, Record(BPuts, 0x10, Puts)));
        DecodeAll();
        TraceMarker marker = Assert.IsType<TraceMarker>(Assert.Single(_output));
        Assert.Equal(("ftrace:bputs", "hello, world", "0x00000010", "0x00000010: hello, world", false), (marker.EventName, marker.Text, marker.Function, marker.Message, marker.IsFromUserSpace));
    }

    // lib/vsprintf.c, vbin_printf(): numbers as large as they are in C, of 8 bytes at any word; strings and what pointers point to as text.
    [Theory]
    [InlineData("plain\n", "", "plain")]
    [InlineData("%d%%\n", "ffffffff", "-1%")]
    [InlineData("a=%d b=%u c=%lx\n", "feffffff feffffff efcdab8967452301", "a=-2 b=4294967294 c=123456789abcdef")]
    [InlineData("%s|%d\n", "6162630005000000", "abc|5")]
    [InlineData("%s|%d\n", "616200 00 05000000", "ab|5")]
    [InlineData("%s|%lld\n", "616263646500 0000 0500000000000000", "abcde|5")]
    [InlineData("%c%c%hhd%hd%d\n", "41 42 ff 00 feff 0000 07000000", "AB-1-27")]
    [InlineData("%*d|%-*s|%.*s\n", "05000000 2a000000 04000000 6162 00 00 02000000 61626300", "   42|ab  |ab")]
    [InlineData("%p %px\n", "1000000000000000 2000000000000000", "0000000000000010 0000000000000020")]
    [InlineData("%pS %d\n", "1000000000000000 03000000", "0x10 3")]
    [InlineData("%pM %d\n", "30303a31313a32323a33333a34343a3535 00 0000 03000000", "00:11:22:33:44:55 3")]
    [InlineData("%d %y %d\n", "01000000 02000000", "1 ?")]
    [InlineData("%d %d\n", "01000000", "1 0")]
    public void What_the_kernel_printed_with_its_arguments(string format, string arguments, string expected)
    {
        _strings[Format] = format;
        byte[] packed = Convert.FromHexString(arguments.Replace(" ", "", StringComparison.Ordinal));
        Read(new RingPageBuilder(1).Small(1, [.. Record(BPrint, 0x10, Format), .. packed, .. new byte[-packed.Length & 3]]));
        DecodeAll();
        TraceMarker marker = Assert.IsType<TraceMarker>(Assert.Single(_output));
        Assert.Equal(("ftrace:bprint", expected, $"0x00000010: {expected}"), (marker.EventName, marker.Text, marker.Message));
    }

    // What Linux 6.12 wrote and printed when tests/data/trace/printk/module.c was loaded.
    [Fact]
    public void What_a_module_printed()
    {
        string folder = Repository.Data("trace/printk");
        foreach ((ulong address, string text) in TracepointStrings.Parse(File.ReadAllText(Path.Combine(folder, "printk_formats"))))
            _strings[address] = text;
        string[] lines = File.ReadAllLines(Path.Combine(folder, "trace"));
        _pages.Enqueue(File.ReadAllBytes(Path.Combine(folder, "page")));
        ulong time = 0;
        Assert.Equal(1, _pipe.Read(2, ref time));
        DecodeAll();

        TraceMarker[] markers = [.. _output.Cast<TraceMarker>()];
        Assert.Equal(lines.Select(static l => l[(l.IndexOf(": ", StringComparison.Ordinal) + 2)..]), markers.Select(static m => m.Message));
        Assert.Equal([.. Enumerable.Repeat("ftrace:bprint", 9), "ftrace:bputs", "ftrace:bputs", "ftrace:print"], markers.Select(static m => m.EventName));
        Assert.Equal("abc|5|     right|left      |cu|", markers[2].Text);
    }

    [Fact]
    public void A_format_that_is_not_known_is_told()
    {
        Read(new RingPageBuilder(1).Small(1, Record(BPrint, 0x10, 0x99)));
        DecodeAll();
        Assert.Equal("?", Assert.IsType<TraceMarker>(Assert.Single(_output)).Text);
    }

    private void Read(params RingPageBuilder[] pages)
    {
        foreach (RingPageBuilder page in pages)
            _pages.Enqueue(page.Build());
        ulong time = 0;
        Assert.Equal(pages.Length, _pipe.Read(pages.Length + 1, ref time));
    }

    private void DecodeAll(int most = int.MaxValue)
    {
        for (int i = 0; i < most && _pipe.FindNext(); i++)
            _decoder.DecodeNext(_pipe);
        Assert.Equal(0, _decoder.Undecodable);
    }

    // struct trace_entry with the same context and thread in all.
    private static byte[] Head(int type) => [(byte)type, (byte)(type >> 8), 1, 2, 42, 0, 0, 0];

    private static byte[] Record(int type, params ulong[] words) => [.. Head(type), .. words.SelectMany(BitConverter.GetBytes)];

    private static byte[] Packed(int type, ulong function, int depth, ulong address) =>
        [.. Head(type), .. BitConverter.GetBytes(function), .. BitConverter.GetBytes(depth), .. BitConverter.GetBytes(address)];

    private static byte[] Stack(int type, params ulong[] frames) =>
        [.. Head(type), .. BitConverter.GetBytes(frames.Length), 0, 0, 0, 0, .. frames.SelectMany(BitConverter.GetBytes)];

    private static byte[] UserFrames(ulong frame) => [.. Head(UserStack), 42, 0, 0, 0, 0, 0, 0, 0, .. BitConverter.GetBytes(frame), .. new byte[56]];

    private sealed class Strings(Dictionary<ulong, string> strings) : IKernelStrings
    {
        public bool TryRead(ulong address, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? text) => strings.TryGetValue(address, out text);
    }

    private sealed class Schedule : IKernelSymbols
    {
        // Of that kernel.
        private const ulong Address = 0xffffffff81c9ae40UL;

        public bool TryFind(ulong address, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? name, out ulong offset, out ulong size, out string? module)
        {
            (name, offset, size, module) = (address == Address ? "schedule" : null, 0, 16, null);
            return name is not null;
        }
    }

    private sealed class Formats : ITraceFormats
    {
        private const string Common = """
            	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
            	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
            	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
            	field:int common_pid;	offset:4;	size:4;	signed:1;
            """;

        public static int DepthSize { get; set; } = 4;

        // As in events/ftrace/*/format of Linux 6.18; bputs had the number 14 in 6.12.
        public EventFormat? Find(int id) => id switch
        {
            Function => Make("ftrace", "function", id, "unsigned long ip 8 8", "unsigned long parent_ip 16 8", "unsigned long args[] 24 0"),
            KernelStack => Make("ftrace", "kernel_stack", id, "int size 8 4", "unsigned long caller[8] 16 64"),
            UserStack => Make("ftrace", "user_stack", id, "unsigned int tgid 8 4", "unsigned long caller[8] 16 64"),
            Print => Make("ftrace", "print", id, "unsigned long ip 8 8", "char buf[] 16 0"),
            BPrint => Make("ftrace", "bprint", id, "unsigned long ip 8 8", "const char * fmt 16 8", "u32 buf[] 24 0"),
            BPuts or 14 => Make("ftrace", "bputs", id, "unsigned long ip 8 8", "const char * str 16 8"),
            GraphEntry => Make("ftrace", "funcgraph_entry", id, "unsigned long func 8 8", $"unsigned int depth 16 {DepthSize}", "unsigned long args[] 24 0"),
            GraphExit => Make("ftrace", "funcgraph_exit", id, "unsigned long func 8 8", "unsigned int depth 16 4", "unsigned int overrun 20 4", "unsigned long long calltime 24 8", "unsigned long long rettime 32 8"),
            RetAddr => Make("ftrace", "fgraph_retaddr_entry", id, "unsigned long func 8 8", "unsigned int depth 16 4", "unsigned long retaddr 20 8"),
            Bpf => Make("bpf_trace", "bpf_trace_printk", id, "__data_loc char[] bpf_string 8 4"),
            _ => null,
        };

        private static EventFormat Make(string system, string name, int id, params string[] fields)
        {
            var text = new StringBuilder($"name: {name}\nID: {id}\nformat:\n{Common}\n\n");
            foreach (string field in fields)
            {
                string[] words = field.Split(' ');
                text.Append(CultureInfo.InvariantCulture, $"\tfield:{string.Join(' ', words[..^2])};\toffset:{words[^2]};\tsize:{words[^1]};\tsigned:0;\n");
            }
            return EventFormatParser.Parse(system, $"{text}\nprint fmt: \"\"\n");
        }
    }
}
