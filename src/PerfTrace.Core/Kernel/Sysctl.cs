using System.Globalization;

namespace PerfTrace.Kernel;

/// <summary>The kernel settings that decide what tracing may do (admin-guide/sysctl/kernel.rst).</summary>
public static class Sysctl
{
    /// <summary>
    /// kernel.perf_event_paranoid: -1 all, 0 no raw tracepoints, 1 no system-wide counting, 2 user space of one's own processes only;
    /// some distributions add 3 and 4, nothing at all without CAP_PERFMON. Null: this kernel has no perf_event_open.
    /// </summary>
    public static int? PerfEventParanoid(SystemPaths paths) => ReadNumber(paths, "kernel/perf_event_paranoid");

    /// <summary>kernel.perf_event_max_sample_rate: the kernel lowers it by itself when sampling takes too much of its time. Null without perf_event_open.</summary>
    public static int? PerfEventMaxSampleRate(SystemPaths paths) => ReadNumber(paths, "kernel/perf_event_max_sample_rate");

    /// <summary>kernel.perf_event_mlock_kb: KiB of ring buffers for each CPU that a user without CAP_IPC_LOCK may have. Null without perf_event_open.</summary>
    public static int? PerfEventMlockKilobytes(SystemPaths paths) => ReadNumber(paths, "kernel/perf_event_mlock_kb");

    /// <summary>kernel.kptr_restrict: 0 kernel addresses are shown, 1 with CAP_SYSLOG, 2 never.</summary>
    public static int? KernelPointerRestriction(SystemPaths paths) => ReadNumber(paths, "kernel/kptr_restrict");

    /// <summary>kernel.unprivileged_bpf_disabled: 0 users without CAP_BPF may load a few kinds of programs, 1 never until the next boot, 2 not now. Null without bpf(2).</summary>
    public static int? UnprivilegedBpfDisabled(SystemPaths paths) => ReadNumber(paths, "kernel/unprivileged_bpf_disabled");

    /// <summary>kernel.bpf_stats_enabled: the kernel counts and measures the runs of BPF programs, at some cost.</summary>
    public static bool BpfStatisticsEnabled(SystemPaths paths) => ReadNumber(paths, "kernel/bpf_stats_enabled") == 1;

    private static int? ReadNumber(SystemPaths paths, string name)
    {
        string path = Path.Combine(paths.Proc, "sys", name);
        return File.Exists(path) && int.TryParse(File.ReadAllText(path), NumberStyles.AllowLeadingSign | NumberStyles.AllowTrailingWhite,
            CultureInfo.InvariantCulture, out int value) ? value : null;
    }
}
