using PerfTrace.Events;

namespace PerfTrace.Tracing;

/// <summary>A synthetic event (Documentation/trace/histogram.rst, "Synthetic events"): one that histograms' actions make.</summary>
public sealed class SyntheticEvent
{
    private readonly Tracepoint _tracepoint;

    internal SyntheticEvent(Tracepoint tracepoint, string definition) => (_tracepoint, Definition) = (tracepoint, definition);

    /// <summary>What the session that made it calls it; else its name in tracefs.</summary>
    public string Name => TraceOwner.Current.ShortNameOf(FullName);

    /// <summary>Its name in tracefs.</summary>
    public string FullName => _tracepoint.Name;

    /// <summary>What <c>-Event</c> parameters take: <c>synthetic:NAME</c>.</summary>
    public string Event => _tracepoint.Event;

    /// <summary>Its fields.</summary>
    public IReadOnlyList<EventField> Fields => _tracepoint.Fields;

    /// <summary>The fields as the kernel writes them.</summary>
    public string Definition { get; }

    /// <summary>The process that it belongs to; null when it belongs to none.</summary>
    public TraceOwner? Owner => TraceOwner.TryParse(FullName, out TraceOwner? owner, out _) ? owner : null;

    /// <summary>It goes with this session.</summary>
    public bool IsOwned => Owner == TraceOwner.Current;

    internal Tracepoint Tracepoint => _tracepoint;

    public override string ToString() => Event;
}
