namespace PerfTrace.Profiles;

/// <summary>How a flame graph is drawn.</summary>
public sealed record FlameGraphOptions
{
    public string Title { get; init; } = "Flame graph";

    /// <summary>Pixels; null: 1200, and as wide as the window in a browser.</summary>
    public int? Width { get; init; }

    /// <summary>The root at the top.</summary>
    public bool IsIcicle { get; init; }

    /// <summary>Frames that would be narrower, in pixels, are left out.</summary>
    public double MinimumWidth { get; init; } = 0.1;

    public FlameColoring Coloring { get; init; }

    /// <summary>What to compare with: functions that take a greater share of the time than there are red, others blue.</summary>
    public CallTree? Baseline { get; init; }

    /// <summary>The numbers are samples, not occurrences of the event.</summary>
    public bool CountsSamples { get; init; }
}
