namespace PerfTrace.Commands;

/// <summary>The session has no instance yet, and nothing was said of another.</summary>
public sealed class NoSessionInstanceException() : Exception(
    "This session has no trace instance of its own yet: Enable-Tracepoint makes it when it is first needed. For another say -Instance, for the machine's top-level buffer -TopLevel.");
