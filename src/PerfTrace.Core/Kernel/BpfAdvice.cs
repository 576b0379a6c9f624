using PerfTrace.Interop;

namespace PerfTrace.Kernel;

/// <summary>What to do about a refusal of bpf(2).</summary>
internal static class BpfAdvice
{
    /// <summary>Advice for an error number that means the same whatever the command was; null where it does not.</summary>
    public static string? For(Errno errno, SystemPaths paths) => errno switch
    {
        Errno.EPERM or Errno.EACCES => ForNotPermitted(paths),
        Errno.ENOSYS => "This kernel was built without bpf(2) (CONFIG_BPF_SYSCALL).",
        Errno.ENOMEM => "There is not enough memory for it: the machine's, or the control group's (memory.max), which maps and programs count in since Linux 5.11.",
        _ => null,
    };

    private static string ForNotPermitted(SystemPaths paths)
    {
        if (KernelLockdown.IsConfidential(paths)) // LOCKDOWN_BPF_READ_KERNEL, since Linux 5.4
            return "The kernel is locked down for confidentiality, which keeps BPF programs from reading kernel memory: see kernel_lockdown(7).";
        // A process that may do it all is refused by policy alone (a security module, seccomp); before Linux 5.11 also by RLIMIT_MEMLOCK.
        if (ProcessFacts.HasCapability(paths, Capability.SysAdmin))
            return "A policy of this machine (a security module or a seccomp filter) denies it, to root too; on a kernel before 5.11 the locked-memory limit may be too small: ulimit -l unlimited.";
        string setting = Sysctl.UnprivilegedBpfDisabled(paths) is { } value ? $" (kernel.unprivileged_bpf_disabled is {value})" : "";
        return $"Run as root, or give the process CAP_BPF, with CAP_PERFMON for programs that trace and CAP_NET_ADMIN for those of the network; objects of others take CAP_SYS_ADMIN{setting}.";
    }
}
