namespace PerfTrace.Bench;

/// <summary>A line of the table.</summary>
internal sealed record Row(string Name, string Ours, string Peer, string Ratio, string Goal, Verdict Verdict)
{
    /// <summary>A figure with a goal of its own.</summary>
    public static Row Absolute(string name, double figure, string unit, Goal goal, double? peer = null) =>
        new(name, Figures.Text(figure, unit), peer is { } p ? Figures.Text(p, unit) : "", peer is { } q ? Figures.Ratio(figure / q) : "", goal.Text, goal.Judge(figure));

    /// <summary>A figure whose ratio to the peer's has the goal; null: none.</summary>
    public static Row Relative(string name, double ours, double peer, string unit, Goal? goal) =>
        new(name, Figures.Text(ours, unit), Figures.Text(peer, unit), Figures.Ratio(ours / peer), goal?.Text ?? "", goal?.Judge(ours / peer) ?? Verdict.None);

    /// <summary>A count or time that should be the peer's; the goal is on the difference in per cent.</summary>
    /// <param name="name">What it is.</param>
    /// <param name="ours">Our figure.</param>
    /// <param name="peer">The peer's.</param>
    /// <param name="unit">The unit of both.</param>
    /// <param name="goal">On the difference.</param>
    /// <param name="noise">The difference of the peer to itself in the same run, in per cent; null where it has none.</param>
    public static Row Same(string name, double ours, double peer, string unit, Goal goal, double? noise = null)
    {
        double difference = peer == 0 ? (ours == 0 ? 0 : double.PositiveInfinity) : 100 * ((ours / peer) - 1);
        string text = Figures.Signed(difference) + (noise is { } n ? $" (noise {Figures.Signed(n)})" : "");
        return new(name, Figures.Text(ours, unit), Figures.Text(peer, unit), text, goal.Text, goal.Judge(Math.Abs(difference), Math.Abs(noise ?? 0)));
    }

    public static Row Information(string name, string ours, string peer) => new(name, ours, peer, "", "", Verdict.None);

    public static Row NotMeasured(string name, string why) => new(name, why, "", "", "", Verdict.NotMeasured);
}
