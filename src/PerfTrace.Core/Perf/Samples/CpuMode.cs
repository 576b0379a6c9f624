namespace PerfTrace.Perf;

/// <summary>PERF_RECORD_MISC_CPUMODE_MASK of <c>include/uapi/linux/perf_event.h</c>: whose code ran.</summary>
internal enum CpuMode
{
    Unknown = 0,
    Kernel = 1,
    User = 2,
    Hypervisor = 3,
    GuestKernel = 4,
    GuestUser = 5,
}
