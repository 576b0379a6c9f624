namespace PerfTrace.BpfTrace;

/// <summary>What a script's map holds for one key, the CPUs put together.</summary>
/// <param name="Key">The key's bytes; empty for a map without one.</param>
internal sealed record ScriptMapRow(byte[] Key)
{
    /// <summary>Of a map without an aggregate the value's bytes.</summary>
    public byte[] Value { get; init; } = [];

    /// <summary>Of an aggregate in one value.</summary>
    public AggregateTotal Total { get; init; }

    /// <summary>Of a histogram the counts of buckets, of a time series the totals of intervals, by their numbers.</summary>
    public SortedDictionary<long, AggregateTotal> Parts { get; } = [];
}
