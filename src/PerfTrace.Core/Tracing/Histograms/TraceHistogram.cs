namespace PerfTrace.Tracing;

/// <summary>
/// A histogram: a trigger of an event that counts in the kernel (Documentation/trace/histogram.rst), with its totals at the moment when it was read.
/// </summary>
public sealed class TraceHistogram
{
    internal TraceHistogram(TracingDirectory directory, Tracepoint tracepoint, HistogramTriggerInfo info, long hits, int entries, long dropped, string? snapshot)
    {
        (Directory, Tracepoint, Info) = (directory, tracepoint, info);
        (Hits, EntryCount, Dropped, Snapshot) = (hits, entries, dropped, snapshot);
    }

    /// <summary>The event: <c>sched:sched_switch</c>.</summary>
    public string Event => Tracepoint.Event;

    /// <summary>The name under which several events count together, without this session's prefix; null without.</summary>
    public string? Name => Info.Name is null ? null : TraceOwner.Current.ShortNameOf(Info.Name);

    /// <summary>The instance that it is in, as its directory is called; null for the top level.</summary>
    public string? Instance => Directory.Instance;

    /// <summary>The key's fields with their modifiers.</summary>
    public IReadOnlyList<string> Keys => Info.Keys;

    /// <summary>The fields that are summed up; <c>hitcount</c> among them.</summary>
    public IReadOnlyList<string> Values => Info.Values;

    /// <summary>What it remembers for other histograms: <c>ts0=common_timestamp.usecs</c>.</summary>
    public IReadOnlyList<string> Variables => Info.Variables;

    /// <summary>What the kernel sorts by.</summary>
    public IReadOnlyList<string> Sort => Info.Sort;

    /// <summary>How many buckets there is room for.</summary>
    public int Size => Info.Size;

    /// <summary>The clock of its timestamps; null where it has none.</summary>
    public string? Clock => Info.Clock;

    /// <summary>What it does besides counting, in the kernel's words.</summary>
    public IReadOnlyList<string> Actions => Info.Actions;

    /// <summary>Which events count; null for all.</summary>
    public string? Filter => Info.Filter;

    /// <summary>It does not count at the moment.</summary>
    public bool IsPaused => Info.IsPaused;

    /// <summary>How many events have been counted.</summary>
    public long Hits { get; }

    /// <summary>How many buckets there are.</summary>
    public int EntryCount { get; }

    /// <summary>How many events were lost because there was no room for another bucket.</summary>
    public long Dropped { get; }

    /// <summary>What made the last snapshot() action take place, in the kernel's words; null when none did.</summary>
    public string? Snapshot { get; }

    /// <summary>It goes with this session.</summary>
    public bool IsOwned => TraceHistograms.IsOwned(this);

    /// <summary>The trigger in the kernel's words.</summary>
    public string Trigger => Info.Text;

    internal TracingDirectory Directory { get; }

    internal Tracepoint Tracepoint { get; }

    internal HistogramTriggerInfo Info { get; }

    public override string ToString() => $"{Tracepoint.System}:{TraceOwner.Current.ShortNameOf(Tracepoint.Name)} by {string.Join(", ", Keys)}";
}
