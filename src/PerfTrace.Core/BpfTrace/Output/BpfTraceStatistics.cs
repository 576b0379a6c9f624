namespace PerfTrace.BpfTrace;

/// <summary>What <c>stats()</c> tells of numbers.</summary>
public sealed class BpfTraceStatistics
{
    internal BpfTraceStatistics(long count, object average, object total)
    {
        Count = count;
        Average = average;
        Total = total;
    }

    /// <summary>How many.</summary>
    public long Count { get; }

    /// <summary>Their average, without what remains.</summary>
    public object Average { get; }

    /// <summary>Their sum.</summary>
    public object Total { get; }

    /// <summary>As bpftrace prints it.</summary>
    public override string ToString() => $"count {Count}, average {Average}, total {Total}";
}
