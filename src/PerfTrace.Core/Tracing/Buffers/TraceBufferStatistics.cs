using System.Globalization;

namespace PerfTrace.Tracing;

/// <summary>The counts of one CPU's buffer: <c>per_cpu/cpuN/stats</c> (Documentation/trace/ftrace.rst).</summary>
public sealed record TraceBufferStatistics
{
    /// <summary>The instance; null for the top level.</summary>
    public string? Instance { get; init; }

    public int Cpu { get; init; }

    /// <summary>Events in the buffer that have not been read.</summary>
    public long Entries { get; init; }

    /// <summary>Events lost because newer ones took their place.</summary>
    public long Overrun { get; init; }

    /// <summary>Events lost because a writer was interrupted by more events than the whole buffer takes.</summary>
    public long CommitOverrun { get; init; }

    /// <summary>Events lost because the buffer was full and does not overwrite.</summary>
    public long DroppedEvents { get; init; }

    /// <summary>Events that trace_pipe has taken out.</summary>
    public long ReadEvents { get; init; }

    /// <summary>Bytes in the buffer that have not been read.</summary>
    public long Bytes { get; init; }

    /// <summary>What the buffer takes, in bytes.</summary>
    public long? BufferSize { get; init; }

    /// <summary>When the oldest event was, by the trace clock; null if that does not count time, or there is none.</summary>
    public TimeSpan? OldestEventTime { get; init; }

    /// <summary>What the trace clock shows now; null if it does not count time.</summary>
    public TimeSpan? Now { get; init; }

    /// <summary>All that was lost.</summary>
    public long Lost => Overrun + CommitOverrun + DroppedEvents;

    internal static TraceBufferStatistics Parse(string? instance, int cpu, string text, long? bufferSize)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in text.Split('\n'))
        {
            if (line.IndexOf(':', StringComparison.Ordinal) is var colon and > 0)
                values[line[..colon]] = line[(colon + 1)..].Trim();
        }
        long entries = Count("entries");
        return new TraceBufferStatistics
        {
            Instance = instance,
            Cpu = cpu,
            Entries = entries,
            Overrun = Count("overrun"),
            CommitOverrun = Count("commit overrun"),
            DroppedEvents = Count("dropped events"),
            ReadEvents = Count("read events"),
            Bytes = Count("bytes"),
            BufferSize = bufferSize,
            OldestEventTime = entries > 0 ? Time("oldest event ts") : null,
            Now = Time("now ts"),
        };

        long Count(string key) => long.TryParse(values.GetValueOrDefault(key), NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : 0;

        // Clocks in nanoseconds are shown as seconds with a point; the counter and the TSC as they are.
        TimeSpan? Time(string key) =>
            values.GetValueOrDefault(key) is { } shown && shown.Contains('.', StringComparison.Ordinal)
            && decimal.TryParse(shown, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds) && seconds < 1e11m
                ? TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond))
                : null;
    }
}
