namespace PerfTrace.Bpf;

/// <summary>A row of a histogram of times: how many lie from one time to below another.</summary>
public sealed class LatencyRange
{
    /// <summary>When the histogram was read.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>What the histogram is of: a disk, a process; empty for all together.</summary>
    public required string Key { get; init; }

    /// <summary>The process that it is of; null for another key.</summary>
    public int? ProcessId { get; init; }

    /// <summary>The shortest time that is counted here.</summary>
    public required TimeSpan Low { get; init; }

    /// <summary>The time from which on the next row counts.</summary>
    public required TimeSpan High { get; init; }

    /// <summary>How many.</summary>
    public required long Count { get; init; }

    /// <summary>The part of the whole histogram, from 0 to 1.</summary>
    public required double Share { get; init; }

    /// <summary>The share as a bar: 40 characters are the whole histogram.</summary>
    public string GetBar() => new('@', (int)Math.Round(Share * 40));

    public override string ToString() => $"{Low.TotalMicroseconds:0}..{High.TotalMicroseconds:0} µs: {Count}";
}
