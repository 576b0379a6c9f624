namespace PerfTrace.Kernel;

/// <summary>Where the kernel's virtual file systems are. Tests put trees of their own in their place.</summary>
/// <param name="Proc">procfs.</param>
/// <param name="Sys">sysfs.</param>
/// <param name="Tracing">tracefs, when it is not to be looked up in the mount table.</param>
public sealed record SystemPaths(string Proc = "/proc", string Sys = "/sys", string? Tracing = null)
{
    public static SystemPaths Default { get; } = new();

    public string EventSources => Path.Combine(Sys, "bus/event_source/devices");

    public string Cpus => Path.Combine(Sys, "devices/system/cpu");
}
