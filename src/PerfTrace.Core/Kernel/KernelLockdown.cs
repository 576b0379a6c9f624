namespace PerfTrace.Kernel;

/// <summary>What kernel_lockdown(7) forbids here, to root too. It may be switched on by Secure Boot, on the command line, or while the machine runs.</summary>
internal static class KernelLockdown
{
    /// <summary>The level that holds: integrity or confidentiality; null without.</summary>
    public static string? Level(SystemPaths paths)
    {
        string path = Path.Combine(paths.Sys, "kernel/security/lockdown");
        if (!File.Exists(path))
            return null;
        // "none [integrity] confidentiality"
        string text = File.ReadAllText(path);
        int begin = text.IndexOf('[', StringComparison.Ordinal), end = text.IndexOf(']', StringComparison.Ordinal);
        return begin < 0 || end < begin || text[(begin + 1)..end] is not { } level || level == "none" ? null : level;
    }

    public static bool IsConfidential(SystemPaths paths) => Level(paths) == "confidentiality";

    /// <summary>Why the verifier knows nothing of a helper that the kernel has (LOCKDOWN_BPF_READ_KERNEL and LOCKDOWN_BPF_WRITE_USER of include/linux/security.h); null: lockdown is not why.</summary>
    public static string? ForHelper(string name, SystemPaths paths) => name switch
    {
        "bpf_probe_read" or "bpf_probe_read_str" or "bpf_probe_read_kernel" or "bpf_probe_read_kernel_str" when IsConfidential(paths) =>
            "The kernel is locked down for confidentiality, which keeps BPF programs from reading kernel memory: see kernel_lockdown(7).",
        "bpf_probe_write_user" when Level(paths) is { } level => $"The kernel is locked down for {level}, which keeps BPF programs from writing to the memory of others: see kernel_lockdown(7).",
        _ => null,
    };
}
