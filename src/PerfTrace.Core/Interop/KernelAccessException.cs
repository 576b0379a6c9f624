namespace PerfTrace.Interop;

/// <summary>EPERM or EACCES: the kernel's policy forbids this to this user.</summary>
public class KernelAccessException(Errno errno, string call, string? subject = null, string? advice = null)
    : KernelException(errno, call, subject, advice);
