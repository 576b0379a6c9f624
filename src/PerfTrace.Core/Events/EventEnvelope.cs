namespace PerfTrace.Events;

/// <summary>What is known of an event beside its own fields.</summary>
/// <param name="Origin">The stream that it came from.</param>
/// <param name="Timestamp">Nanoseconds of the stream's clock; <see cref="UnknownTime"/> when not known.</param>
/// <param name="Cpu">Where it happened; -1 when not known.</param>
/// <param name="ProcessId">The process; -1 when not known.</param>
/// <param name="ThreadId">The thread; -1 when not known.</param>
/// <param name="CommandName">The thread's name then; null when not known.</param>
/// <param name="Stack">How it came there; null unless asked for.</param>
public readonly record struct EventEnvelope(
    EventOrigin Origin, ulong Timestamp, int Cpu, int ProcessId, int ThreadId, string? CommandName, EventStack? Stack = null)
{
    /// <summary>Stands for a time that is not told.</summary>
    public const ulong UnknownTime = ulong.MaxValue;
}
