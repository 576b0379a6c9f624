namespace PerfTrace.Tracing;

/// <summary>There is no trace instance of a name, or no longer.</summary>
public sealed class TraceInstanceNotFoundException(string instance, string message) : Exception(message)
{
    public string Instance { get; } = instance;

    internal static TraceInstanceNotFoundException Gone(string instance) =>
        new(instance, $"The trace instance '{instance}' is gone: it was removed meanwhile.");
}
