namespace PerfTrace.Events;

/// <summary>A tracepoint's <c>format</c> file (Documentation/trace/events.rst, "Event formats").</summary>
/// <param name="System">The folder above the event's.</param>
/// <param name="Name">The event.</param>
/// <param name="Id">The number in <c>common_type</c> and in perf_event_attr.config.</param>
/// <param name="CommonFields">The fields that every event has.</param>
/// <param name="Fields">The event's own.</param>
/// <param name="PrintFormat">What stands behind <c>print fmt:</c>, a C format string and its arguments.</param>
public sealed record EventFormat(
    string System, string Name, int Id, IReadOnlyList<EventField> CommonFields, IReadOnlyList<EventField> Fields, string PrintFormat)
{
    public string FullName => $"{System}:{Name}";
}
