namespace PerfTrace.Tracing;

/// <summary>There is no trace instance of a name.</summary>
public sealed class TraceInstanceNotFoundException(string instance, string message) : Exception(message)
{
    public string Instance { get; } = instance;
}
