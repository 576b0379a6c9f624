namespace PerfTrace.Perf;

/// <summary>What became of an event since a baseline was made.</summary>
public sealed class PerfCounterDifference
{
    /// <summary>The event as it was asked for.</summary>
    public required string Event { get; init; }

    /// <summary>The count of the baseline; a mean where it has several runs. Null when it has none.</summary>
    public double? Baseline { get; init; }

    /// <summary>The count now; a mean of several runs. Null when there is none.</summary>
    public double? Value { get; init; }

    /// <summary>The unit of both: <c>ns</c> for clocks, null for a plain count.</summary>
    public string? Unit { get; init; }

    /// <summary>Value less Baseline; null unless there are both.</summary>
    public double? Difference => Value - Baseline;

    /// <summary>Difference as a part of Baseline: 0.1 is a tenth more. Infinite where the baseline is 0 and the count is not.</summary>
    public double? Change => Difference is not { } difference ? null
        : difference == 0 ? 0
        : difference / Baseline;

    /// <summary>The standard error of Change, by the spread of the runs; null where neither side has several.</summary>
    public double? Uncertainty { get; init; }

    /// <summary>The growth that is allowed, as a part of Baseline.</summary>
    public double Threshold { get; init; }

    /// <summary>What came of the comparison.</summary>
    public CounterChange Status { get; init; }

    /// <summary>It grew by more than is allowed.</summary>
    public bool IsRegression => Status == CounterChange.Regressed;

    /// <summary>Why there is no comparison; null where there is one.</summary>
    public string? Reason { get; init; }

    /// <summary>How many runs Baseline is the mean of.</summary>
    public int BaselineRuns { get; init; }

    /// <summary>How many runs Value is the mean of.</summary>
    public int Runs { get; init; }

    /// <summary>How much of the time the event was really counted, in percent; the smaller one of both sides. Less than 100: the figures are scaled up.</summary>
    public double? RunningPercent { get; init; }

    /// <summary>Whom it was counted for, where there were several: a command, CPU, control group.</summary>
    public string? Target { get; init; }

    public override string ToString() => Change is { } change ? FormattableString.Invariant($"{Event}: {100 * change:+0.##;-0.##;0} %") : $"{Event}: {Status}";
}
