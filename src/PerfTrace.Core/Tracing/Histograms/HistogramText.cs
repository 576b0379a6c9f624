namespace PerfTrace.Tracing;

/// <summary>A histogram as read from a <c>hist</c> file.</summary>
internal sealed record HistogramText(
    HistogramTriggerInfo Info, IReadOnlyList<HistogramEntryText> Entries, long Hits, int EntryCount, long Dropped, string? Snapshot);
