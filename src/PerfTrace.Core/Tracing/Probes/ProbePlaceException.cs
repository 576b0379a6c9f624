namespace PerfTrace.Tracing;

/// <summary>A place where no probe can be: blacklisted, outside of the code, not the beginning of a function, or not the only one of its name.</summary>
public sealed class ProbePlaceException(string place, string message, Exception? cause = null) : Exception(message, cause)
{
    public string Place { get; } = place;
}
