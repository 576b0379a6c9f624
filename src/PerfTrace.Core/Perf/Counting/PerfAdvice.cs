using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Perf;

/// <summary>What to do about an error of perf_event_open(2); the cases are those of its man page, ERRORS.</summary>
internal static class PerfAdvice
{
    public static KernelException ToException(Errno errno, string eventName, SystemPaths paths, bool isSystemWide, bool countsKernel, PerfEventKind kind) =>
        KernelException.Create(errno, "perf_event_open", eventName, Advise(errno, paths, isSystemWide, countsKernel, kind));

    private static string? Advise(Errno errno, SystemPaths paths, bool isSystemWide, bool countsKernel, PerfEventKind kind) => errno switch
    {
        Errno.EACCES or Errno.EPERM => AdviseAccess(paths, isSystemWide, countsKernel, kind),
        Errno.ENOSPC when kind == PerfEventKind.Breakpoint => "All hardware breakpoint registers are in use; x86-64 has four for each thread.",
        Errno.EBUSY => "Another user holds the PMU exclusively, or the NMI watchdog holds a counter (kernel.nmi_watchdog).",
        _ => null,
    };

    private static string AdviseAccess(SystemPaths paths, bool isSystemWide, bool countsKernel, PerfEventKind kind)
    {
        int? paranoid = Sysctl.PerfEventParanoid(paths);
        int needed = kind == PerfEventKind.Tracepoint ? -1 : isSystemWide ? 0 : countsKernel ? 1 : 2;
        return paranoid is { } level && level > needed
            ? $"kernel.perf_event_paranoid is {level}: run as root or with CAP_PERFMON, or set it to {needed} (sysctl kernel.perf_event_paranoid={needed})."
            : "Run as root or with CAP_PERFMON; a process of another user can be counted only so. A security module may forbid it altogether.";
    }
}
