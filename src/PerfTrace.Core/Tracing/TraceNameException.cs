namespace PerfTrace.Tracing;

/// <summary>A name that must never reach a file of tracefs.</summary>
public sealed class TraceNameException(string name, string message) : ArgumentException(message)
{
    public string Name { get; } = name;
}
