using PerfTrace.Events;

namespace PerfTrace.Tracing;

/// <summary>A record, or a line of the <c>trace</c> file, that is no event with a known format.</summary>
public sealed class TraceText : TraceRecord
{
    internal TraceText(ref readonly EventEnvelope envelope, string eventName, string message)
        : base(in envelope)
    {
        EventName = eventName;
        Message = message;
    }

    /// <summary>What stands before the colon, or the event as system:name where its system is known; empty without.</summary>
    public override string EventName { get; }

    public override string Message { get; }

    public override string ToString() => EventName.Length == 0 ? Message : base.ToString();
}
