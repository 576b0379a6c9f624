namespace PerfTrace.BpfTrace;

/// <summary>A distribution: of powers of two, or of steps of one width.</summary>
/// <param name="Value">Of what.</param>
public sealed record QueryHistogram(QueryExpression Value)
{
    /// <summary>The width of a bucket; null: powers of two.</summary>
    public long? Step { get; init; }

    /// <summary>Steps begin here.</summary>
    public long From { get; init; }

    /// <summary>And end here.</summary>
    public long To { get; init; }
}
