namespace PerfTrace.Tracing;

/// <summary>The kernel has no trace clock of a name.</summary>
public sealed class TraceClockException(string clock, IReadOnlyList<string> known)
    : Exception($"There is no trace clock '{clock}'. There are: {string.Join(", ", known)}.")
{
    public string Clock { get; } = clock;
}
