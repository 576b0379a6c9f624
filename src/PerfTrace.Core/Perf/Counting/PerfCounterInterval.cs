namespace PerfTrace.Perf;

/// <summary>What was counted in one interval of a series.</summary>
public sealed record PerfCounterInterval : PerfCounter
{
    internal PerfCounterInterval(PerfCounter counter, TimeSpan interval)
        : base(counter) => Interval = interval;

    /// <summary>The time that the count covers: since the reading before, or since the start.</summary>
    public TimeSpan Interval { get; }
}
