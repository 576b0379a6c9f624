namespace PerfTrace.Tracing;

/// <summary>A synthetic event that is made whenever one event follows another: how long that took, and fields of the second.</summary>
/// <param name="Name">The event's name.</param>
/// <param name="Start">The first event.</param>
/// <param name="StartKey">The field of the first that tells which second event belongs to it.</param>
/// <param name="End">The second event.</param>
/// <param name="EndKey">The field of the second that has the same value.</param>
/// <param name="Fields">More fields of the second.</param>
public sealed record SyntheticPairRequest(string Name, string Start, string StartKey, string End, string EndKey, IReadOnlyList<string> Fields)
{
    /// <summary>The field of the synthetic event that tells how long it took, in microseconds.</summary>
    public const string DeltaField = "delta_us";

    /// <summary>Which of the first events count.</summary>
    public string? StartFilter { get; init; }

    /// <summary>Which of the second events count.</summary>
    public string? EndFilter { get; init; }
}
