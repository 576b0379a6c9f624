using PerfTrace.Events;

namespace PerfTrace.Perf;

/// <summary>What is opened for a stream: an event for each tracepoint that was asked for, or one for many.</summary>
/// <param name="Format">The tracepoint that is opened.</param>
/// <param name="Filter">The kernel's filter on it.</param>
/// <param name="Calls">The tracepoints whose events its records are made into; null: they are its own.</param>
internal sealed record StreamedEvent(EventFormat Format, string? Filter, SystemCallHook? Calls = null)
{
    /// <summary>How many of the tracepoints that were asked for this is.</summary>
    public int Count => Calls?.Count ?? 1;

    public static StreamedEvent Of(TracepointRequest request) => new(request.Format, request.Filter);
}
