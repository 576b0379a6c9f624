namespace PerfTrace.Tracing;

/// <summary>A histogram that is not there, or no longer.</summary>
public sealed class TraceHistogramNotFoundException : Exception
{
    internal TraceHistogramNotFoundException(TraceHistogram histogram)
        : base($"The histogram {histogram} is gone.")
    {
    }

    /// <param name="name">A histogram's name.</param>
    /// <param name="known">The names that there are.</param>
    public TraceHistogramNotFoundException(string name, IReadOnlyCollection<string> known)
        : base(known.Count == 0 ? $"There is no histogram named '{name}'." : $"There is no histogram named '{name}'. There are: {string.Join(", ", known)}.")
    {
    }
}
