using PerfTrace.Events;

namespace PerfTrace.Perf;

/// <summary>A tracepoint to be watched.</summary>
/// <param name="Format">Its format.</param>
/// <param name="Filter">A filter in the kernel's language (Documentation/trace/events.rst, "Event filtering"); null for all events.</param>
public sealed record TracepointRequest(EventFormat Format, string? Filter = null);
