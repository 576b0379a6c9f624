namespace PerfTrace.Perf;

/// <summary>Events that are put on the PMU together and read at one instant; without braces a single event.</summary>
/// <param name="Name">The group's own name; null without.</param>
/// <param name="Events">The leader first.</param>
/// <param name="IsBraced">It was written with braces.</param>
public sealed record PerfEventGroup(string? Name, IReadOnlyList<PerfEvent> Events, bool IsBraced)
{
    internal PerfEvent Leader => Events[0];

    /// <summary>May fall apart into single events when the PMU can not hold all of them.</summary>
    internal bool IsWeak => Events.Any(static e => e.IsWeak);
}
