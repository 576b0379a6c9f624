using PerfTrace.Kernel;

namespace PerfTrace.Access;

/// <summary>The capabilities that this process lacks, in words.</summary>
internal static class Rights
{
    private static readonly Dictionary<Capability, string> Names = new()
    {
        [Capability.SysPtrace] = "CAP_SYS_PTRACE",
        [Capability.SysAdmin] = "CAP_SYS_ADMIN",
        [Capability.Syslog] = "CAP_SYSLOG",
        [Capability.PerfMon] = "CAP_PERFMON",
        [Capability.Bpf] = "CAP_BPF",
    };

    /// <summary>What to do about the capabilities that are missing; null when none is.</summary>
    public static string? Missing(params ReadOnlySpan<Capability> needed)
    {
        SystemPaths paths = SystemPaths.Default;
        // The older one covers what was split off from it (Linux 5.8), and more.
        bool isAdministrator = ProcessFacts.HasCapability(paths, Capability.SysAdmin);
        var missing = new List<string>();
        foreach (Capability capability in needed)
        {
            if (!(isAdministrator && capability is (Capability.PerfMon or Capability.Bpf)) && !ProcessFacts.HasCapability(paths, capability))
                missing.Add(Names[capability]);
        }
        return missing.Count == 0 ? null : $"Run as root, or give the process {string.Join(" and ", missing)}.";
    }
}
