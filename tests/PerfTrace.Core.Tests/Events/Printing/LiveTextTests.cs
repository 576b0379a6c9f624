using PerfTrace.Tests.Support;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Events.Printing;

/// <summary>The decisive test of the print formats: the kernel itself is asked.</summary>
[Trait("Machine", "Both")]
public sealed class LiveTextTests(ITestOutputHelper output)
{
    // Events of threads of the kernel, of interrupts and of other processes: few of each.
    private static readonly string[] Quiet =
    [
        "block", "writeback", "workqueue", "jbd2", "irq", "irq_vectors", "timer", "timer_migration", "ipi", "csd", "rcu", "power", "vmscan", "compaction", "migrate", "oom",
        "thp", "huge_memory", "napi", "qdisc", "cgroup", "printk", "neigh", "fib", "fib6", "icmp", "page_pool", "thermal", "swiotlb", "dma", "virtio",
        "vmalloc", "percpu", "notifier", "watchdog", "memcg", "iocost", "wbt", "kyber", "skb", "net", "netlink", "dev", "alarmtimer", "rtc", "nmi", "tlb", "mptcp",
    ];

    // Events of what this process and its children do.
    private static readonly string[] Own =
    [
        "sched", "task", "signal", "sock", "tcp", "udp", "ext4", "filelock", "filemap", "mmap", "mmap_lock", "exceptions", "fs_dax", "io_uring", "capability", "avc",
        "pagemap", "readahead", "lock", "bpf_trace", "rseq", "x86_fpu", "maple_tree", "fuse", "iomap",
    ];

    [Fact]
    public void The_text_of_live_events_is_the_kernels_byte_for_byte()
    {
        using var folder = new TemporaryTree();
        var live = new LiveEvents();
        void Workload(TracingDirectory _) => KernelWorkload.Run(folder.Root);
        live.Compare(Quiet, Workload, onlyThisProcess: false);
        live.Compare(Own, Workload, onlyThisProcess: true);
        live.Compare(["kmem"], Workload, onlyThisProcess: true);
        live.Compare(["syscalls", "raw_syscalls"], Workload, onlyThisProcess: true);
        live.Report(output);

        Assert.InRange(live.Count, 10_000, int.MaxValue);
        Assert.InRange(live.Equal.Count, 60, int.MaxValue);
    }

    [Fact]
    public void So_is_that_of_markers()
    {
        var live = new LiveEvents();
        live.Compare([], static directory =>
        {
            // Straight to the file: a marker may be several lines, and have no line feed at its end.
            foreach (string text in (string[])["one\n", "two", "three\nfour\n", "", "ünïcode ☃", new string('x', 900)])
                File.WriteAllText(Path.Combine(directory.Path, "trace_marker"), text);
            File.WriteAllBytes(Path.Combine(directory.Path, "trace_marker_raw"), [1, 2, 3, 4, 0xfe, 0xff, 0, 9]);
        }, onlyThisProcess: false);
        live.Report(output);

        Assert.Equal(5, live.Equal["ftrace:print"]);
        Assert.Equal(1, live.Equal["ftrace:raw_data"]);
    }

    [Fact]
    public void So_is_that_of_stacks()
    {
        var live = new LiveEvents();
        live.Compare(["sched/sched_process_fork", "sched/sched_process_exec"], static directory =>
        {
            directory.WriteText("options/stacktrace", "1");
            directory.WriteText("options/userstacktrace", "1");
            KernelWorkload.Shell("/", "true; /bin/true; (true)");
        }, onlyThisProcess: true);
        live.Report(output);

        Assert.InRange(live.Equal["ftrace:kernel_stack"], 2, 1000);
        Assert.InRange(live.Equal["ftrace:user_stack"], 1, 1000);
    }

    [Fact]
    public void So_is_that_of_probes_in_programs()
    {
        string group = TraceOwner.Current.NameOf("printing");
        TracingDirectory top = TracingDirectory.Open(PerfTrace.Kernel.SystemPaths.Default);
        // Where the entry point of a program is in its file, there is something to run.
        using var folder = new TemporaryTree();
        string program = Path.Combine(folder.Root, "program");
        File.Copy("/bin/true", program);
        long entry = EntryPoint(program);
        string arguments = "number=%sp:u64 hex=%sp:x64 low=%sp:s8 text=+8(%sp):string name=+0(+8(%sp)):string bad=+0(%ax):string few=+8(%sp):u8[4] letter=+0(+8(%sp)):char";
        top.AppendText("uprobe_events", $"p:{group}/entry {program}:0x{entry:x} {arguments}");
        try
        {
            var live = new LiveEvents();
            live.Compare([$"{group}/entry"], _ => KernelWorkload.Shell(folder.Root, "./program; ./program"), onlyThisProcess: false);
            live.Report(output);

            Assert.Equal(2, live.Equal[$"{group}:entry"]);
        }
        finally
        {
            top.AppendText("uprobe_events", $"-:{group}/entry");
        }
    }

    // e_entry of the ELF header, and the segment that it is in.
    private static long EntryPoint(string program)
    {
        byte[] file = File.ReadAllBytes(program);
        long entry = BitConverter.ToInt64(file, 24), headers = BitConverter.ToInt64(file, 32);
        for (int i = 0; i < BitConverter.ToInt16(file, 56); i++)
        {
            int at = (int)headers + i * BitConverter.ToInt16(file, 54);
            long offset = BitConverter.ToInt64(file, at + 8), address = BitConverter.ToInt64(file, at + 16), size = BitConverter.ToInt64(file, at + 32);
            if (BitConverter.ToInt32(file, at) == 1 && entry >= address && entry < address + size)
                return entry - address + offset;
        }
        throw new InvalidOperationException("No segment has the entry point.");
    }
}
