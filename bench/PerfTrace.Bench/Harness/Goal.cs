namespace PerfTrace.Bench;

/// <summary>What a figure must not exceed.</summary>
/// <param name="Limit">The most it may be.</param>
/// <param name="Text">The same for people.</param>
internal sealed record Goal(double Limit, string Text)
{
    /// <summary>Beyond this much more than the limit, noise is no explanation: <c>--check</c> fails.</summary>
    private const double ClearMargin = 1.25;

    /// <param name="figure">What was measured.</param>
    /// <param name="noise">By how much it differs on this machine when nothing differs.</param>
    public Verdict Judge(double figure, double noise = 0) =>
        figure <= Limit ? Verdict.Met : figure <= Math.Max(Limit * ClearMargin, Limit + noise) ? Verdict.Near : Verdict.Missed;
}

internal enum Verdict
{
    /// <summary>There is no goal: the row informs.</summary>
    None,
    Met,

    /// <summary>Missed by less than noise explains.</summary>
    Near,
    Missed,

    /// <summary>This machine lacks what it takes.</summary>
    NotMeasured,
}
