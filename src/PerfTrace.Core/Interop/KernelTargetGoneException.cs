namespace PerfTrace.Interop;

/// <summary>ESRCH: the process or thread does not exist, or no longer.</summary>
public sealed class KernelTargetGoneException(Errno errno, string call, string? subject = null, string? advice = null)
    : KernelException(errno, call, subject, advice);
