namespace PerfTrace.Tracing;

/// <summary>A bucket as read.</summary>
internal sealed record HistogramEntryText(
    OrderedDictionary<string, object> Key, OrderedDictionary<string, object> Values, ulong? Maximum, ulong? Changed, OrderedDictionary<string, object> Saved);
