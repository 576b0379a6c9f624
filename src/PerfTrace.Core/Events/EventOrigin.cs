using PerfTrace.Events.Printing;

namespace PerfTrace.Events;

/// <summary>Where events come from: what all events of one stream share.</summary>
/// <param name="Instance">The trace instance; null for perf's ring buffers and for the top-level trace buffer.</param>
/// <param name="WallClockOffset">
/// Nanoseconds to add to a timestamp for nanoseconds since 1970; null where the trace clock can not be related to the time of day.
/// </param>
/// <param name="Environment">What rendering a message asks the kernel.</param>
/// <param name="IsCounter">Timestamps are no nanoseconds but count something: events, ticks of the processor.</param>
public sealed record EventOrigin(string? Instance, long? WallClockOffset, PrintEnvironment Environment, bool IsCounter = false);
