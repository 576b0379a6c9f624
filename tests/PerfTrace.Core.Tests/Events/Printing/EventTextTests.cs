using System.Buffers.Binary;
using System.Text;
using PerfTrace.Events;
using PerfTrace.Events.Printing;

namespace PerfTrace.Tests.Events.Printing;

/// <summary>Events that the kernel does not print by their print fmt.</summary>
public sealed class EventTextTests
{
    private const string Common = """
        	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
        	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
        	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
        	field:int common_pid;	offset:4;	size:4;	signed:1;

        """;

    private static PrintFormat Compile(string system, string name, string rest) =>
        PrintFormat.Compile(EventFormatParser.Parse(system, $"name: {name}\nID: 1\nformat:\n{Common}{rest}"));

    private static PrintEnvironment At(int major, int minor) => new() { KernelVersion = new Version(major, minor), Symbols = SampleRecord.Environment.Symbols };

    private static byte[] Record(int size, params (int Offset, long Value)[] words)
    {
        byte[] record = new byte[size];
        foreach ((int offset, long value) in words)
        {
            if (offset + 8 <= size)
                BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(offset), value);
            else
                BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(offset), (int)value);
        }
        return record;
    }

    private const string OpenAt = """
        	field:int __syscall_nr;	offset:8;	size:4;	signed:1;
        	field:int dfd;	offset:16;	size:8;	signed:0;
        	field:const char * filename;	offset:24;	size:8;	signed:0;
        	field:int flags;	offset:32;	size:8;	signed:0;

        print fmt: "dfd: 0x%08lx, filename: 0x%08lx, flags: 0x%08lx", ((unsigned long)(REC->dfd)), ((unsigned long)(REC->filename)), ((unsigned long)(REC->flags))
        """;

    [Theory]
    [InlineData(6, 18, "sys_openat(dfd: 0xffffffffffffff9c, filename: 0x7f00, flags: 9)")]
    [InlineData(6, 12, "sys_openat(dfd: ffffffffffffff9c, filename: 7f00, flags: 9)")]
    public void System_calls_are_printed_by_the_kernels_version(int major, int minor, string expected)
    {
        PrintFormat format = Compile("syscalls", "sys_enter_openat", OpenAt);

        Assert.True(format.IsComplete);
        Assert.False(format.HasNameBefore);
        Assert.Equal(expected, format.Render(Record(40, (16, -100), (24, 0x7f00), (32, 9)), At(major, minor)));
    }

    [Fact]
    public void What_a_system_calls_pointers_point_to_is_printed_where_the_kernel_records_it()
    {
        PrintFormat text = Compile("syscalls", "sys_enter_open", """
            	field:int __syscall_nr;	offset:8;	size:4;	signed:1;
            	field:const char * filename;	offset:16;	size:8;	signed:0;
            	field:int flags;	offset:24;	size:8;	signed:0;
            	field:__data_loc char[] __filename_val;	offset:32;	size:4;	signed:0;

            print fmt: "filename: 0x%08lx \"%s\", flags: 0x%08lx", ((unsigned long)(REC->filename)), __get_str(__filename_val), ((unsigned long)(REC->flags))
            """);
        byte[] record = Record(44, (16, 0x5000), (24, 1), (32, 8 << 16 | 36));
        Encoding.ASCII.GetBytes("/etc/x\0").CopyTo(record, 36);
        Assert.Equal("sys_open(filename: 0x5000 \"/etc/x\", flags: 1)", text.Render(record, At(6, 19)));

        PrintFormat bytes = Compile("syscalls", "sys_enter_write", """
            	field:int __syscall_nr;	offset:8;	size:4;	signed:1;
            	field:const char * buf;	offset:16;	size:8;	signed:0;
            	field:size_t count;	offset:24;	size:8;	signed:0;
            	field:__data_loc char[] __buf_val;	offset:32;	size:4;	signed:0;

            print fmt: "buf: 0x%08lx (%s), count: 0x%08lx", ((unsigned long)(REC->buf)), __print_dynamic_array(__buf_val, 1), ((unsigned long)(REC->count))
            """);
        record = Record(44, (16, 0x5000), (24, 100), (32, 3 << 16 | 36), (36, 0x0a6968));
        Assert.Equal("sys_write(buf: 0x5000 (68:69:0a, ...), count: 0x64)", bytes.Render(record, At(6, 19)));
    }

    [Theory]
    [InlineData(3, "sys_openat -> 0x3")]
    [InlineData(-2, "sys_openat -> 0xfffffffffffffffe")]
    public void So_are_their_results(long result, string expected) => Assert.Equal(expected, Compile("syscalls", "sys_exit_openat", """
        	field:int __syscall_nr;	offset:8;	size:4;	signed:1;
        	field:long ret;	offset:16;	size:8;	signed:1;

        print fmt: "0x%lx", REC->ret
        """).Render(Record(24, (16, result)), At(6, 18)));

    [Theory]
    [InlineData(unchecked((long)0xffffffff81000105), 0, "(small+0x5/0x10) number=5 name=(fault)")]
    [InlineData(0x55550000, 4 << 16 | 32, "(0x55550000) number=5 name=\"abc\"")]
    public void Probes_name_their_place(long address, int location, string expected)
    {
        PrintFormat format = Compile("mine", "probe", """
            	field:unsigned long __probe_ip;	offset:8;	size:8;	signed:0;
            	field:u64 number;	offset:16;	size:8;	signed:0;
            	field:__data_loc char[] name;	offset:24;	size:4;	signed:1;

            print fmt: "(%lx) number=%Lu name=\"%s\"", REC->__probe_ip, REC->number, __get_str(name)
            """);
        byte[] record = Record(36, (8, address), (16, 5), (24, location));
        Encoding.ASCII.GetBytes("abc").CopyTo(record, 32);

        Assert.True(format.HasNameBefore);
        Assert.Equal(expected, format.Render(record, At(6, 12)));
    }

    [Theory]
    [InlineData(unchecked((long)0xffffffff81000100), unchecked((long)0xffffffff81000120), "(large+0x10/0xef0 <- small) arg1=0x7")]
    [InlineData(0x1000, 0x2000, "(0x2000 <- 0x1000) arg1=0x7")]
    public void Probes_of_returns_name_both(long function, long returnsTo, string expected) => Assert.Equal(expected, Compile("mine", "probe", """
        	field:unsigned long __probe_func;	offset:8;	size:8;	signed:0;
        	field:unsigned long __probe_ret_ip;	offset:16;	size:8;	signed:0;
        	field:u64 arg1;	offset:24;	size:8;	signed:0;

        print fmt: "(%lx <- %lx) arg1=0x%Lx", REC->__probe_func, REC->__probe_ret_ip, REC->arg1
        """).Render(Record(32, (8, function), (16, returnsTo), (24, 7)), At(6, 12)));

    [Fact]
    public void Synthetic_events_have_blanks_between_their_fields()
    {
        PrintFormat format = Compile("synthetic", "wakeup_latency", """
            	field:u64 lat;	offset:8;	size:8;	signed:0;
            	field:pid_t pid;	offset:16;	size:4;	signed:1;
            	field:char comm[16];	offset:24;	size:16;	signed:1;

            print fmt: "lat=%llu, pid=%d, comm=%s", REC->lat, REC->pid, REC->comm
            """);
        byte[] record = Record(40, (8, 123), (16, 77));
        Encoding.ASCII.GetBytes("a, b").CopyTo(record, 24);

        Assert.Equal("lat=123 pid=77 comm=a, b", format.Render(record, At(6, 12)));
    }

    [Theory]
    [InlineData(2L, unchecked((long)0xffffffff81000101), unchecked((long)0xffffffff81000110))] // the first is the count
    [InlineData(unchecked((long)0xffffffff81000101), unchecked((long)0xffffffff81000110), 0L)] // before Linux 6.6
    public void Synthetic_stacks_are_lines(long first, long second, long third) =>
        Assert.Equal("stack=STACK:\n=> small+0x1/0x10\n=> large+0x0/0xef0\n", Compile("synthetic", "blocked", """
            	field:__data_loc unsigned long[] stack;	offset:8;	size:8;	signed:0;

            print fmt: "stack=%s", __get_stacktrace(stack)
            """).Render(Record(40, (8, 24 << 16 | 16), (16, first), (24, second), (32, third)), At(6, 12)));

    [Fact]
    public void The_function_tracers_line_names_caller_and_called() => Assert.Equal("small <-large", Compile("ftrace", "function", """
        	field:unsigned long ip;	offset:8;	size:8;	signed:0;
        	field:unsigned long parent_ip;	offset:16;	size:8;	signed:0;

        print fmt: " %ps <-- %ps", (void *)REC->ip, (void *)REC->parent_ip
        """).Render(Record(24, (8, unchecked((long)0xffffffff81000105)), (16, unchecked((long)0xffffffff81000120))), At(6, 12)));

    [Fact]
    public void Latencies_have_the_columns_of_their_tracers()
    {
        Assert.Equal("#12    context    irq timer_latency      1234 ns", Compile("ftrace", "timerlat", """
            	field:unsigned int seqnum;	offset:8;	size:4;	signed:0;
            	field:int context;	offset:12;	size:4;	signed:1;
            	field:u64 timer_latency;	offset:16;	size:8;	signed:0;

            print fmt: "seq:%u\tcontext:%d\ttimer_latency:%llu\n", REC->seqnum, REC->context, REC->timer_latency
            """).Render(Record(24, (8, 12), (16, 1234)), At(6, 12)));
        Assert.Equal("1000000         42  99.99580      40      1      2      3      4      5", Compile("ftrace", "osnoise", """
            	field:u64 noise;	offset:8;	size:8;	signed:0;
            	field:u64 runtime;	offset:16;	size:8;	signed:0;
            	field:u64 max_sample;	offset:24;	size:8;	signed:0;
            	field:unsigned int hw_count;	offset:32;	size:4;	signed:0;
            	field:unsigned int nmi_count;	offset:36;	size:4;	signed:0;
            	field:unsigned int irq_count;	offset:40;	size:4;	signed:0;
            	field:unsigned int softirq_count;	offset:44;	size:4;	signed:0;
            	field:unsigned int thread_count;	offset:48;	size:4;	signed:0;

            print fmt: "noise:%llu", REC->noise
            """).Render(Record(52, (8, 42), (16, 1_000_000), (24, 40), (32, 1L | 2L << 32), (40, 3L | 4L << 32), (48, 5)), At(6, 12)));
    }
}
