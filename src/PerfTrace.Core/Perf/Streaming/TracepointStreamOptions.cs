namespace PerfTrace.Perf;

/// <summary>How a <see cref="TracepointStream"/> is read.</summary>
public sealed record TracepointStreamOptions
{
    /// <summary>Bytes of each CPU's ring buffer; null: 4 MiB, or what this user may have.</summary>
    public long? BufferSize { get; init; }

    /// <summary>The newest events push out the oldest; they are given when the stream ends.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Record the call stack of the kernel and of the program with each event.</summary>
    public bool CallStack { get; init; }

    /// <summary>The threads and children that the target starts are watched too.</summary>
    public bool Inherit { get; init; } = true;

    /// <summary>How long; null: until the target ends or the stop.</summary>
    public TimeSpan? Duration { get; init; }
}
