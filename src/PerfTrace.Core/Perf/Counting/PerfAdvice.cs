using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Perf;

/// <summary>What to do about an error of perf_event_open(2); the cases are those of its man page, ERRORS.</summary>
internal static class PerfAdvice
{
    public static KernelException ToException(Errno errno, string eventName, SystemPaths paths, bool isSystemWide, bool countsKernel, PerfEventKind kind, bool isSampled = true) =>
        KernelException.Create(errno, "perf_event_open", eventName, Advise(errno, eventName, paths, isSystemWide, countsKernel, kind, isSampled));

    private static string? Advise(Errno errno, string eventName, SystemPaths paths, bool isSystemWide, bool countsKernel, PerfEventKind kind, bool isSampled) => errno switch
    {
        Errno.EACCES or Errno.EPERM => AdviseAccess(eventName, paths, isSystemWide, countsKernel, kind, isSampled),
        Errno.ENOSPC when kind == PerfEventKind.Breakpoint => "All hardware breakpoint registers are in use; x86-64 has four for each thread.",
        Errno.EBUSY => "Another user holds the PMU exclusively, or the NMI watchdog holds a counter (kernel.nmi_watchdog).",
        _ => null,
    };

    private static bool IsOfProgram(string eventName) =>
        eventName.StartsWith("uprobe", StringComparison.Ordinal) || eventName.StartsWith("uretprobe", StringComparison.Ordinal) || eventName.StartsWith("usdt", StringComparison.Ordinal);

    private static string AdviseAccess(string eventName, SystemPaths paths, bool isSystemWide, bool countsKernel, PerfEventKind kind, bool isSampled)
    {
        bool isAdministrator = ProcessFacts.HasCapability(paths, Capability.SysAdmin);
        // perf_uprobe_event_init() of kernel/events/core.c asks for more than CAP_PERFMON on some kernels (6.12.117, 6.18).
        if (IsOfProgram(eventName) && !isAdministrator)
            return "Run as root or with CAP_SYS_ADMIN: probes of programs may take it, whatever kernel.perf_event_paranoid is.";
        if (isAdministrator && KernelLockdown.IsConfidential(paths))
            return "The kernel is locked down for confidentiality, which forbids it to root, too: see kernel_lockdown(7).";
        if (isAdministrator || ProcessFacts.HasCapability(paths, Capability.PerfMon))
            return "This process has the capability for it: a security module or a seccomp filter, as containers have one, forbids it.";
        int? paranoid = Sysctl.PerfEventParanoid(paths);
        // A tracepoint's record is a look into the kernel, its count is not (perf_trace_event_perm() of kernel/trace/trace_event_perf.c).
        int needed = kind == PerfEventKind.Tracepoint && isSampled ? -1 : isSystemWide ? 0 : countsKernel ? 1 : 2;
        return paranoid is { } level && level > needed
            ? $"kernel.perf_event_paranoid is {level}: run as root or with CAP_PERFMON, or set it to {needed} (sysctl kernel.perf_event_paranoid={needed}).{(isSystemWide ? "" : " A process of another user takes the capability whatever that is.")}"
            : "Run as root or with CAP_PERFMON; a process of another user can be counted only so. A security module may forbid it altogether.";
    }
}
