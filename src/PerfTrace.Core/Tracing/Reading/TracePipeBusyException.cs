using PerfTrace.Interop;

namespace PerfTrace.Tracing;

/// <summary>Another reader has trace_pipe open.</summary>
public sealed class TracePipeBusyException : KernelException
{
    internal TracePipeBusyException(TracingDirectory directory, KernelException cause)
        : base(Errno.EBUSY, cause.Call, cause.Subject,
            "Another reader holds it, and each event can be read only once: end that (cat trace_pipe, trace-cmd, another Watch-TracePipe), or read without taking events out with Get-TraceBuffer.") =>
        Instance = directory.Instance;

    /// <summary>The instance; null for the top level.</summary>
    public string? Instance { get; }
}
