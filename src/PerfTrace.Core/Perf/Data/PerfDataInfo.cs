namespace PerfTrace.Perf;

/// <summary>What a perf.data file is and has (<c>tools/perf/Documentation/perf.data-file-format.txt</c>).</summary>
public sealed record PerfDataInfo
{
    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>Bytes of the file; null for a pipe.</summary>
    public long? Length { get; init; }

    /// <summary>It was written to a pipe (<c>perf record -o -</c>): what else stands in sections comes as records.</summary>
    public bool IsPipe { get; init; }

    /// <summary>The machine that wrote it has its most significant byte first.</summary>
    public bool IsBigEndian { get; init; }

    /// <summary>All records could be read; otherwise the file is damaged or cut off, and the counts are of what comes before.</summary>
    public bool IsComplete { get; init; }

    /// <summary>The machine's name.</summary>
    public string? HostName { get; init; }

    /// <summary>The kernel's release: <c>6.12.38+deb13-amd64</c>.</summary>
    public string? OSRelease { get; init; }

    /// <summary>The version of the perf that wrote it.</summary>
    public string? PerfVersion { get; init; }

    /// <summary>The machine's architecture: <c>x86_64</c>.</summary>
    public string? Architecture { get; init; }

    /// <summary>CPUs that were online.</summary>
    public int? CpusOnline { get; init; }

    /// <summary>CPUs that were there, online or not.</summary>
    public int? CpusAvailable { get; init; }

    /// <summary>The processor's name.</summary>
    public string? CpuDescription { get; init; }

    /// <summary>The processor's model as perf writes it: <c>GenuineIntel,6,85,4</c>.</summary>
    public string? CpuId { get; init; }

    /// <summary>Bytes of memory.</summary>
    public long? TotalMemory { get; init; }

    /// <summary>The command line that recorded it.</summary>
    public IReadOnlyList<string> CommandLine { get; init; } = [];

    /// <summary>What was recorded.</summary>
    public IReadOnlyList<PerfDataEvent> Events { get; init; } = [];

    /// <summary>Samples of all events.</summary>
    public long Samples { get; init; }

    /// <summary>Records that found no room in the kernel's buffers (PERF_RECORD_LOST) and samples that were dropped (LOST_SAMPLES).</summary>
    public long Lost { get; init; }

    /// <summary>The earliest sample, on the clock of the recording, for most since the machine started; null without times.</summary>
    public TimeSpan? FirstSample { get; init; }

    /// <summary>The latest sample.</summary>
    public TimeSpan? LastSample { get; init; }

    /// <summary>From the first sample to the last.</summary>
    public TimeSpan? Duration => LastSample - FirstSample;

    /// <summary>How records are compressed: <c>zstd</c>, or null.</summary>
    public string? Compression { get; init; }

    /// <summary>The sections that the file says it has.</summary>
    public IReadOnlyList<PerfDataFeature> Features { get; init; } = [];

    /// <summary>Programs and libraries with the build that ran.</summary>
    public IReadOnlyList<PerfDataBuildId> BuildIds { get; init; } = [];

    /// <summary>Records by kind, the most frequent first.</summary>
    public IReadOnlyList<PerfDataRecordCount> Records { get; init; } = [];

    /// <summary>The path: so commands that read files take it through the pipeline.</summary>
    public override string ToString() => Path;
}
