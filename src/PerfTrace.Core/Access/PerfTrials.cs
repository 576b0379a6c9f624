using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Perf;

namespace PerfTrace.Access;

/// <summary>Opens events and closes them.</summary>
internal static unsafe class PerfTrials
{
    // enum perf_hw_id and perf_sw_ids of include/uapi/linux/perf_event.h
    private const ulong Cycles = 0, CpuClock = 0, TaskClock = 1;

    private static SystemPaths Paths => SystemPaths.Default;

    public static Refusal? OwnProcesses() => Open(Task(countsKernel: false), 0, -1, "task-clock:u");

    public static Refusal? OwnProcessesKernel() => Open(Task(countsKernel: true), 0, -1, "task-clock", countsKernel: true);

    public static Refusal? OtherProcesses()
    {
        int other = ProcessOfAnother() ?? 1;
        return Open(Task(countsKernel: false), other, -1, $"task-clock:u of process {other}");
    }

    public static Refusal? SystemWide() => Open(Clock(), -1, FirstCpu(), "cpu-clock on a CPU", isSystemWide: true, countsKernel: true);

    public static Refusal? ControlGroups()
    {
        if (ControlGroup.FindHierarchy(Paths) is not { } hierarchy)
            return new Refusal("No hierarchy of control groups that perf can use is mounted.", "As root: mount -t cgroup2 none /sys/fs/cgroup");
        using FileDescriptor directory = FileDescriptor.Open(hierarchy);
        return Open(Clock(), directory.Number, FirstCpu(), "cpu-clock of a control group", isSystemWide: true, countsKernel: true, PerfEventKind.Software, PerfOpenFlags.PidCGroup);
    }

    public static Refusal? HardwareEvents()
    {
        var attributes = new PerfEventAttr { Type = (uint)PerfType.Hardware, Config = Cycles, Flags = PerfEventFlags.ExcludeKernel | PerfEventFlags.ExcludeHypervisor };
        Errno errno = TryOpen(attributes, 0, -1);
        return errno switch
        {
            Errno.None => null,
            Errno.ENOENT or Errno.EOPNOTSUPP or Errno.ENODEV => new Refusal($"This machine has no hardware PMU: {KernelException.TextOf(errno)} ({errno}).",
                "In a virtual machine the hypervisor must hand one over (QEMU with KVM: -cpu host,pmu=on); many clouds do so on whole machines alone."),
            _ => Refuse(errno, "cycles:u", false, false, PerfEventKind.Hardware),
        };
    }

    public static Refusal? Breakpoints()
    {
        ulong variable = 0;
        var attributes = new PerfEventAttr
        {
            Type = (uint)PerfType.Breakpoint,
            BreakpointType = 2, // HW_BREAKPOINT_W of include/uapi/linux/hw_breakpoint.h
            Config1 = (ulong)&variable,
            Config2 = sizeof(ulong),
            SamplePeriod = 1,
            Flags = PerfEventFlags.ExcludeKernel | PerfEventFlags.ExcludeHypervisor,
        };
        Errno errno = TryOpen(attributes, 0, -1);
        return errno is Errno.None ? null
            : errno is Errno.ENOENT or Errno.EOPNOTSUPP or Errno.ENODEV ? new Refusal($"This kernel or CPU has no hardware breakpoints: {KernelException.TextOf(errno)} ({errno}).", "CONFIG_HAVE_HW_BREAKPOINT")
            : Refuse(errno, "mem:…:w", false, false, PerfEventKind.Breakpoint);
    }

    /// <summary>Samples of a tracepoint on a CPU, with its record: what live events come from.</summary>
    public static Refusal? TracepointEvents(ulong id) =>
        Open(new PerfEventAttr { Type = (uint)PerfType.Tracepoint, Config = id, SamplePeriod = 1, SampleType = PerfSampleFormat.Raw }, -1, FirstCpu(), "a tracepoint on a CPU", isSystemWide: true,
            countsKernel: true, PerfEventKind.Tracepoint);

    /// <summary>A probe that perf makes for itself: it goes when it is closed, and as it is never switched on, no code is changed.</summary>
    /// <param name="name">kprobe or uprobe.</param>
    /// <param name="place">The function or file.</param>
    /// <param name="offset">Bytes into it.</param>
    public static Refusal? Probe(string name, string place, ulong offset)
    {
        Pmu? events = EventCatalogue.Default.Pmus.FirstOrDefault(p => p.Name == name);
        if (events is null)
            return new Refusal($"This kernel was built without {name}s.", $"A kernel with CONFIG_{name.ToUpperInvariant()}_EVENTS; those of most distributions have it.");
        nint text = System.Runtime.InteropServices.Marshal.StringToCoTaskMemUTF8(place);
        try
        {
            var attributes = new PerfEventAttr { Type = events.Type, Config1 = (ulong)text, Config2 = offset };
            return Open(attributes, -1, FirstCpu(), $"{name}:{place}", isSystemWide: true, countsKernel: true, PerfEventKind.Tracepoint);
        }
        finally
        {
            System.Runtime.InteropServices.Marshal.FreeCoTaskMem(text);
        }
    }

    private static PerfEventAttr Task(bool countsKernel) => new()
    {
        Type = (uint)PerfType.Software,
        Config = TaskClock,
        Flags = countsKernel ? 0 : PerfEventFlags.ExcludeKernel | PerfEventFlags.ExcludeHypervisor,
    };

    private static PerfEventAttr Clock() => new() { Type = (uint)PerfType.Software, Config = CpuClock };

    private static int FirstCpu() => new CpuTopology(Paths).Online is { Count: > 0 } online ? online[0] : 0;

    /// <summary>The first process of another user; null where there is none.</summary>
    public static int? ProcessOfAnother()
    {
        string own = OwnerOf(Environment.ProcessId) ?? "";
        return ProcessFacts.All(Paths).Select(static id => (Id: id, Owner: OwnerOf(id))).FirstOrDefault(p => p.Owner is not null && p.Owner != own) is { Id: > 0 } other ? other.Id : null;
    }

    private static string? OwnerOf(int process)
    {
        try
        {
            return File.ReadLines(Path.Combine(Paths.Proc, $"{process}/status")).FirstOrDefault(static l => l.StartsWith("Uid:", StringComparison.Ordinal));
        }
        catch (IOException)
        {
            return null; // it has ended
        }
    }

    private static Refusal? Open(PerfEventAttr attributes, int process, int cpu, string what, bool isSystemWide = false, bool countsKernel = false, PerfEventKind kind = PerfEventKind.Software,
        PerfOpenFlags flags = 0)
    {
        Errno errno = TryOpen(attributes, process, cpu, flags);
        return errno == Errno.None ? null : Refuse(errno, what, isSystemWide, countsKernel, kind);
    }

    private static Refusal Refuse(Errno errno, string what, bool isSystemWide, bool countsKernel, PerfEventKind kind)
    {
        if (errno == Errno.ENOSYS)
            return new Refusal("This kernel has no perf_event_open(2), or a filter of system calls (a container's) hides it.", "A kernel with CONFIG_PERF_EVENTS; in a container a seccomp profile that lets it through.");
        KernelException exception = PerfAdvice.ToException(errno, what, Paths, isSystemWide, countsKernel, kind);
        return new Refusal(exception.Summary, exception.Advice);
    }

    private static Errno TryOpen(PerfEventAttr attributes, int process, int cpu, PerfOpenFlags flags = 0)
    {
        attributes.Size = PerfEventAttr.StructureSize;
        attributes.Set(PerfEventFlags.Disabled, true);
        Errno errno = SystemCalls.PerfEventOpen(&attributes, process, cpu, -1, (ulong)(flags | PerfOpenFlags.CloseOnExec), out FileDescriptor? opened);
        opened?.Dispose();
        return errno;
    }
}
