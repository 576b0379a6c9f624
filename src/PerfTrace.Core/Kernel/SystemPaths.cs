namespace PerfTrace.Kernel;

/// <summary>Where the kernel's virtual file systems are. Tests put trees of their own in their place.</summary>
/// <param name="Proc">procfs.</param>
/// <param name="Sys">sysfs.</param>
/// <param name="Tracing">tracefs, when it is not to be looked up in the mount table.</param>
/// <param name="Run">Files of running programs, when they are not to be where this user has them.</param>
public sealed record SystemPaths(string Proc = "/proc", string Sys = "/sys", string? Tracing = null, string? Run = null)
{
    public static SystemPaths Default { get; } = new();

    /// <summary>A place for files that go with the boot and that only this user can write; null when there is none (file-hierarchy(7)).</summary>
    public string? Runtime => Run ?? (Environment.IsPrivilegedProcess ? "/run" : Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } own ? own : null);

    public string EventSources => Path.Combine(Sys, "bus/event_source/devices");

    public string Cpus => Path.Combine(Sys, "devices/system/cpu");
}
