namespace PerfTrace.Profiles;

/// <summary>How samples become a call tree.</summary>
public sealed record CallTreeOptions
{
    /// <summary>What stands below the functions, outermost first: the command, say. Keys that are of frames are left out.</summary>
    public IReadOnlyList<ReportKey> Labels { get; init; } = [];

    /// <summary>What tells functions apart.</summary>
    internal FrameParts Parts { get; init; } = FrameParts.Symbol;

    public SampleFilter Filter { get; init; } = SampleFilter.All;

    /// <summary>From the function that ran to its callers.</summary>
    public bool IsInverted { get; init; }

    /// <summary>Inlined functions are nodes of their own.</summary>
    public bool ExpandsInlined { get; init; }

    /// <summary>Each sample weighs 1, and not its period.</summary>
    public bool CountsSamples { get; init; }
}
