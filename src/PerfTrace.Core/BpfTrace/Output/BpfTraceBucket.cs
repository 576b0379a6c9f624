namespace PerfTrace.BpfTrace;

/// <summary>A row of a histogram.</summary>
public sealed class BpfTraceBucket
{
    internal BpfTraceBucket(long? low, long? high, long count, string label, string bar)
    {
        Low = low;
        High = high;
        Count = count;
        Label = label;
        Bar = bar;
    }

    /// <summary>The least value that is counted here; null: there is no least.</summary>
    public long? Low { get; }

    /// <summary>The greatest value that is counted here; null: there is no greatest.</summary>
    public long? High { get; }

    /// <summary>How many values.</summary>
    public long Count { get; }

    /// <summary>The bounds as bpftrace writes them: <c>[4K, 8K)</c>.</summary>
    public string Label { get; }

    /// <summary>The bar that bpftrace draws, as long as the count is of the largest.</summary>
    public string Bar { get; }

    public override string ToString() => $"{Label} {Count}";
}
