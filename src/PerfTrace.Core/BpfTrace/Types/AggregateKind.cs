namespace PerfTrace.BpfTrace;

/// <summary>What a map adds up, on each CPU for itself; readers put the CPUs together.</summary>
internal enum AggregateKind
{
    /// <summary>8 bytes.</summary>
    Count,
    /// <summary>8 bytes.</summary>
    Sum,
    /// <summary>8 bytes: the least; 8 bytes: 1 once there is one.</summary>
    Minimum,
    /// <summary>8 bytes: the greatest; 8 bytes: 1 once there is one.</summary>
    Maximum,
    /// <summary>8 bytes: the sum; 8 bytes: how many.</summary>
    Average,
    /// <summary>As <see cref="Average"/>; shown with the count and the total.</summary>
    Statistics,
    /// <summary>Powers of two, each cut into 2^k: 8 bytes in each entry; the number of the bucket stands in 8 bytes behind the map's key.</summary>
    Histogram,
    /// <summary>Steps of one width: as <see cref="Histogram"/>.</summary>
    LinearHistogram,
    /// <summary>An aggregate of each interval of time: the interval's number, modulo their count, stands in 8 bytes behind the key; the value begins with the interval's number.</summary>
    TimeSeries,
}
