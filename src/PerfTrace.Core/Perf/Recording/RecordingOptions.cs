namespace PerfTrace.Perf;

/// <summary>What a recording is written to, when it begins and ends, and how its events are sampled.</summary>
public sealed record RecordingOptions
{
    /// <summary>The file.</summary>
    public required string Path { get; init; }

    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>How long to record; null until the target ends or somebody stops it.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Sampling begins this much later.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Compress the records with zstd.</summary>
    public bool Compress { get; init; }

    /// <summary>Another file begins when one has so many bytes.</summary>
    public long? SwitchSize { get; init; }

    /// <summary>Another file begins each time this has passed.</summary>
    public TimeSpan? SwitchInterval { get; init; }

    /// <summary>With <see cref="SamplingOptions.Overwrite"/>, events at which what the rings hold is written; it is at the end in any case.</summary>
    public IReadOnlyList<PerfEventGroup> SnapshotOn { get; init; } = [];

    /// <summary>What the file says it was made by, word by word.</summary>
    public IReadOnlyList<string> CommandLine { get; init; } = Environment.GetCommandLineArgs();
}
