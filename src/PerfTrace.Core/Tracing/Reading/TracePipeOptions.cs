using PerfTrace.Events;

namespace PerfTrace.Tracing;

/// <summary>How trace_pipe is read.</summary>
public sealed record TracePipeOptions
{
    /// <summary>These CPUs; null for all.</summary>
    public IReadOnlyCollection<int>? Cpus { get; init; }

    /// <summary>What becomes objects; the rest is taken out of the buffer all the same. Null for all.</summary>
    public Func<EventFormat, bool>? IsWanted { get; init; }

    /// <summary>How long; null until it is stopped. Zero takes what is there.</summary>
    public TimeSpan? Duration { get; init; }
}
