using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Tracing;

/// <summary>What to do about a file of tracefs that can not be opened, read or written.</summary>
internal static class TraceFileAdvice
{
    public static string? For(TracingDirectory directory, Errno errno, string relativePath) => errno switch
    {
        Errno.EROFS => $"tracefs is mounted read-only: mount -o remount,rw {directory.Root}",
        Errno.EACCES => Environment.IsPrivilegedProcess
            ? "A security module (SELinux, AppArmor) denies it."
            : $"Run as root; to read, a group's right is enough: mount -o remount,gid=GROUP,mode=750 {directory.Root}",
        Errno.EPERM => IsFunctionTracingDenied(directory, errno, relativePath) ? FunctionTracingDeniedException.Remedy : ForNotPermitted(directory),
        Errno.EBUSY => ForBusy(relativePath),
        Errno.ENODEV => "This kernel was built without it, or what it belongs to is switched off.",
        Errno.ENOENT => "This kernel has no such file: it was built without the feature, is older than it, or what it belonged to was removed.",
        Errno.ENOMEM => "There is not enough memory for it.",
        Errno.EEXIST => "There is one of this name already.",
        _ => null,
    };

    /// <summary>It is a file of the function tracers, which are denied on their own.</summary>
    public static bool IsFunctionTracingDenied(TracingDirectory directory, Errno errno, string relativePath) =>
        errno == Errno.EPERM && !IsLockedDown(directory)
        && Path.GetFileName(relativePath) is "current_tracer" or "available_filter_functions" or "available_filter_functions_addrs" or "set_ftrace_filter"
            or "set_ftrace_notrace" or "set_ftrace_pid" or "set_ftrace_notrace_pid" or "set_graph_function" or "set_graph_notrace" or "enabled_functions";

    private static string ForNotPermitted(TracingDirectory directory) =>
        IsLockedDown(directory) ? TraceFileSystem.LockdownAdvice
        : Environment.IsPrivilegedProcess ? "This machine's policy denies it, to root too." : "Run as root.";

    // Confidentiality lockdown refuses to open tracefs at all (LOCKDOWN_TRACEFS, kernel_lockdown(7)), since Linux 5.4.
    public static bool IsLockedDown(TracingDirectory directory) => KernelLockdown.IsConfidential(directory.Paths);

    private static string ForBusy(string relativePath) => Path.GetFileName(relativePath) switch
    {
        "trace_pipe" or "trace_pipe_raw" => "Another reader has it open: its events can be read once only.",
        "snapshot" => "The current tracer uses the snapshot buffer itself, or a snapshot is being taken.",
        "buffer_size_kb" or "current_tracer" or "buffer_subbuf_size_kb" => "A reader of trace_pipe or a mapping of the buffer holds it: end that first.",
        "dynamic_events" or "kprobe_events" or "uprobe_events" or "synthetic_events" =>
            "The event is in use: it is enabled, or a trigger, a histogram, perf or a BPF program is attached to it.",
        "trigger" => "Another histogram refers to this one's variables: remove that first.",
        _ => "Something else uses it: an enabled event, a tracer, or an open trace_pipe.",
    };
}
