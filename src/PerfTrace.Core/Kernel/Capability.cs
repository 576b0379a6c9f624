namespace PerfTrace.Kernel;

/// <summary>The capabilities that tracing asks for, numbered as in <c>include/uapi/linux/capability.h</c>.</summary>
public enum Capability
{
    IpcLock = 14,
    SysPtrace = 19,
    SysAdmin = 21,
    SysResource = 24,
    Syslog = 34,

    /// <summary>Linux 5.8: perf_event_open and kprobes without CAP_SYS_ADMIN.</summary>
    PerfMon = 38,

    /// <summary>Linux 5.8: bpf(2) without CAP_SYS_ADMIN.</summary>
    Bpf = 39,
}
