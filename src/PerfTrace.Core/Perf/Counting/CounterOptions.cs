namespace PerfTrace.Perf;

/// <summary>How and how long to count.</summary>
public sealed record CounterOptions
{
    /// <summary>Children and new threads of what is counted are counted too.</summary>
    public bool Inherit { get; init; } = true;

    public CounterAggregation Aggregation { get; init; }

    /// <summary>Null: until the command or the processes end, or until cancelled.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Null: one result at the end.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>Counting starts this long after the command.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Runs of the command; the results are means.</summary>
    public int Repeat { get; init; } = 1;
}
