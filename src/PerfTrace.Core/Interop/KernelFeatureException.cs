namespace PerfTrace.Interop;

/// <summary>ENOSYS, EOPNOTSUPP, ENODEV or ENXIO: this kernel or this machine does not have the thing.</summary>
public sealed class KernelFeatureException(Errno errno, string call, string? subject = null, string? advice = null)
    : KernelException(errno, call, subject, advice);
