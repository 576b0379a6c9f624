namespace PerfTrace.Perf;

/// <summary>When a recording begins another file.</summary>
/// <param name="Size">When one has so many bytes; null for no such limit.</param>
/// <param name="Interval">Each time this has passed; null for never.</param>
public sealed record OutputSwitch(long? Size, TimeSpan? Interval);
