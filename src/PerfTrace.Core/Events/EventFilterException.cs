using PerfTrace.Interop;

namespace PerfTrace.Events;

/// <summary>A filter that the kernel does not take.</summary>
public sealed class EventFilterException(string eventName, string filter, Errno errno, string? explanation = null)
    : KernelException(errno, "set filter", $"'{filter}' on {eventName}",
        explanation ?? "Filters are comparisons of the event's fields (==, !=, <, <=, >, >=, & for numbers; ==, !=, ~ for strings), joined by && and ||, negated by !.")
{
    public string EventName { get; } = eventName;

    public string Filter { get; } = filter;
}
