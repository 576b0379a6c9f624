using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Symbols;

namespace PerfTrace.Access;

/// <summary>Loads the smallest programs, makes the smallest map, and lets go of both.</summary>
internal static unsafe class BpfTrials
{
    private static SystemPaths Paths => SystemPaths.Default;

    public static Refusal? Maps()
    {
        using FileDescriptor? map = TryMakeMap(out Errno errno);
        return map is null ? Refuse(errno, BpfCommand.MapCreate, Capability.Bpf) : null;
    }

    /// <summary>A program at the first instruction of the running one, which has long been run.</summary>
    public static Refusal? UProbe()
    {
        if (Program(BpfProgramType.KProbe) is { } refusal)
            return refusal;
        const string Own = "/proc/self/exe";
        using ElfFile file = ElfFile.Open(Own);
        return PerfTrials.Probe("uprobe", Own, file.OffsetOf(file.EntryPoint) ?? 0);
    }

    public static Refusal? Program(BpfProgramType type) => Load(type, 0, 0);

    /// <summary>A program that names a function or type of the kernel.</summary>
    public static Refusal? Typed(BpfAttachType attach, string target, BtfKind kind) =>
        BtfTypes.Kernel.Find(target, kind) is { } found ? Load(BpfProgramType.Tracing, attach, found.Id)
        : new Refusal($"The kernel's types have no {target}.", "A kernel that was built with it; see CONFIG_DEBUG_INFO_BTF and CONFIG_BPF_SYSCALL.");

    /// <summary>A program at the entry of a function that nothing but the kernel's own tests calls.</summary>
    public static Refusal? FunctionEntry()
    {
        const string Function = "bpf_fentry_test1"; // net/bpf/test_run.c, Linux 5.5
        if (Typed(BpfAttachType.TraceFEntry, Function, BtfKind.Function) is { } refusal)
            return refusal;
        using FileDescriptor? program = BpfTrial.TryKeep(BpfProgramType.Tracing, BpfAttachType.TraceFEntry, BtfTypes.Kernel.Find(Function, BtfKind.Function)!.Id);
        if (program is null)
            return new Refusal("The program could not be loaded a second time.");
        try
        {
            foreach (FileDescriptor link in new TracingHook(Function).Attach(program, 0))
                link.Dispose();
            return null;
        }
        catch (KernelException e)
        {
            return new Refusal(e.Summary, e.Advice);
        }
    }

    /// <summary>The ids of programs, maps and links that others have made.</summary>
    public static Refusal? Listing()
    {
        _ = BpfCalls.NextId(BpfCommand.ProgramNextId, 0, out Errno errno);
        return errno is Errno.None or Errno.ENOENT ? null : Refuse(errno, BpfCommand.ProgramNextId, Capability.SysAdmin);
    }

    /// <summary>The kernel counts runs as long as a descriptor is open.</summary>
    public static Refusal? Statistics()
    {
        uint type = 0; // BPF_STATS_RUN_TIME
        Errno errno = BpfCalls.Try(BpfCommand.EnableStats, &type, sizeof(uint), out int descriptor);
        if (errno != Errno.None)
            return Refuse(errno, BpfCommand.EnableStats, Capability.SysAdmin);
        new FileDescriptor(descriptor).Dispose();
        return null;
    }

    public static Refusal? Pins()
    {
        if (BpfFileSystem.MountPoints(Paths) is not [var mountPoint, ..])
            return new Refusal("The BPF file system is mounted nowhere.", "As root: mount -t bpf bpf /sys/fs/bpf");
        const int W_OK = 2, X_OK = 1;
        if (NativeMethods.Access(mountPoint, W_OK | X_OK) != 0)
        {
            return new Refusal($"access {mountPoint}: {KernelException.TextOf(KernelException.LastError)} ({KernelException.LastError}).",
                $"Run as root; or as root give this user a folder there: mkdir {mountPoint}/NAME; chown USER {mountPoint}/NAME; chmod a+x {mountPoint}");
        }
        using FileDescriptor? map = TryMakeMap(out Errno errno);
        if (map is null)
            return Refuse(errno, BpfCommand.MapCreate, Capability.Bpf);
        string pin = Path.Combine(mountPoint, Tracing.TraceOwner.Current.NameOf("access"));
        BpfCalls.Pin(map, pin);
        return NativeMethods.Unlink(pin) == 0 ? null : new Refusal($"unlink {pin}: {KernelException.TextOf(KernelException.LastError)}.");
    }

    public static Refusal? Btf() => BtfTypes.Kernel.Count > 0 ? null : new Refusal("The kernel's type information is empty.");

    private static Refusal? Load(BpfProgramType type, BpfAttachType attach, uint target)
    {
        BpfTrial.Outcome outcome = BpfTrial.Load(type, BpfTrial.Nothing, attach, target);
        if (outcome.IsTaken)
            return null;
        if (outcome.Errno is Errno.EPERM or Errno.EACCES or Errno.ENOSYS or Errno.ENOMEM)
            return Refuse(outcome.Errno, BpfCommand.ProgramLoad, Capability.Bpf, Capability.PerfMon);
        return new Refusal($"The kernel takes no {BpfNames.Of(type)} programs{(attach == 0 ? "" : " for it")}: {outcome.Reason}", "A kernel with CONFIG_BPF_EVENTS; those of most distributions have it.");
    }

    private static Refusal Refuse(Errno errno, BpfCommand command, params ReadOnlySpan<Capability> needed)
    {
        string? remedy = errno is Errno.EPERM or Errno.EACCES ? Rights.Missing(needed) : null;
        KernelException exception = BpfCalls.Error(errno, command, null);
        return new Refusal(exception.Summary, remedy ?? exception.Advice);
    }

    private static FileDescriptor? TryMakeMap(out Errno errno)
    {
        // struct { __u32 map_type, key_size, value_size, max_entries; } of union bpf_attr
        uint* attributes = stackalloc uint[4];
        (attributes[0], attributes[1], attributes[2], attributes[3]) = ((uint)BpfMapType.Array, 4, 4, 1);
        errno = BpfCalls.Try(BpfCommand.MapCreate, attributes, 16, out int descriptor);
        return errno == Errno.None ? new FileDescriptor(descriptor) : null;
    }
}
