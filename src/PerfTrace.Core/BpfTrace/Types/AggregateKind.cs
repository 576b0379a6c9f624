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
    /// <summary>
    /// A value of each interval of time. The interval's number is nanoseconds since 1970 (the program adds a constant to its clock) divided by their length; modulo their count it
    /// stands in 8 bytes behind the key. The value: 8 bytes: the interval's number; 8: the last value, or the sum, the least, the greatest; 8: of a last value the time
    /// of the clock when it was set, of an average how many.
    /// </summary>
    TimeSeries,
}
