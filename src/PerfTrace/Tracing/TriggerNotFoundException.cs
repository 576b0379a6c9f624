namespace PerfTrace.Commands;

/// <summary>A tracepoint has no trigger of a kind.</summary>
public sealed class TriggerNotFoundException(string tracepoint, string action, IReadOnlyList<string> triggers)
    : Exception($"{tracepoint} has no trigger {action}. {(triggers.Count == 0 ? "It has none at all." : $"It has: {string.Join(", ", triggers)}.")}");
