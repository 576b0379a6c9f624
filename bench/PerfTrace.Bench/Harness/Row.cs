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
    public static Row Same(string name, double ours, double peer, string unit, Goal goal) =>
        new(name, Figures.Text(ours, unit), Figures.Text(peer, unit), $"{100 * ((ours / peer) - 1):+0.00;-0.00;0.00} %", goal.Text,
            goal.Judge(peer == 0 ? (ours == 0 ? 0 : double.PositiveInfinity) : 100 * Math.Abs((ours / peer) - 1)));

    public static Row Information(string name, string ours, string peer) => new(name, ours, peer, "", "", Verdict.None);

    public static Row NotMeasured(string name, string why) => new(name, why, "", "", "", Verdict.NotMeasured);
}
