namespace PerfTrace.Interop;

/// <summary>EMFILE, ENFILE, ENOMEM, ENOSPC or EBUSY: a limit was reached, or something else holds the resource.</summary>
public sealed class KernelResourceException(Errno errno, string call, string? subject = null, string? advice = null)
    : KernelException(errno, call, subject, advice);
