namespace PerfTrace.Perf;

/// <summary>Where a recording is in its life.</summary>
public enum PerfRecordingState
{
    /// <summary>It is being written.</summary>
    Running,

    /// <summary>It ended with its target, its duration or a request, and its file is complete.</summary>
    Completed,

    /// <summary>An error ended it; what was written until then can be read.</summary>
    Failed,
}
