namespace PerfTrace.Profiles;

/// <summary>What the samples of one interval come to.</summary>
public sealed record PerfTopInterval
{
    /// <summary>When it ended.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>How long it was.</summary>
    public required TimeSpan Length { get; init; }

    /// <summary>Samples that the rows are of.</summary>
    public required long Samples { get; init; }

    /// <summary>Samples of idle CPUs; they are not among <see cref="Samples"/> unless they were asked for.</summary>
    public required long IdleSamples { get; init; }

    /// <summary>The rows, the heaviest of each event first.</summary>
    public required IReadOnlyList<PerfTopEntry> Rows { get; init; }
}
