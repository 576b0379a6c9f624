using PerfTrace.Interop;

namespace PerfTrace.Tracing;

/// <summary>EPERM for the files of the function tracers, whatever else of tracefs is permitted: a security module, say, denies them to root too.</summary>
public sealed class FunctionTracingDeniedException(Errno errno, string call, string subject) : KernelAccessException(errno, call, subject, Remedy)
{
    internal const string Remedy = "This machine's policy denies function tracing, to root too: ask who administers it, or watch tracepoints and probes instead (Watch-Tracepoint).";
}
