using PerfTrace.Symbols;

namespace PerfTrace.BpfTrace;

/// <summary>The namespace of process numbers that this process lives in (pid_namespaces(7)).</summary>
/// <param name="Device">Of nsfs.</param>
/// <param name="Inode">Its number there.</param>
internal sealed record ProcessNamespace(ulong Device, ulong Inode)
{
    // PROC_PID_INIT_INO of include/linux/proc_ns.h: the machine's own.
    private const ulong Initial = 0xeffffffc;

    private static readonly Lazy<ProcessNamespace?> Found = new(static () =>
        FileIdentity.Of("/proc/self/ns/pid") is { } file && file.Inode != Initial ? new ProcessNamespace(file.Device, file.Inode) : null);

    /// <summary>Null: that of the machine, whose numbers the kernel's own are.</summary>
    public static ProcessNamespace? Own => Found.Value;
}
