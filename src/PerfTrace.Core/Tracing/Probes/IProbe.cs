namespace PerfTrace.Tracing;

/// <summary>What a probe is found by and shown as, wherever it is.</summary>
public interface IProbe
{
    /// <summary>What <c>-Event</c> parameters take: <c>group:name</c>.</summary>
    string Event { get; }

    /// <summary>The event's system.</summary>
    string Group { get; }

    /// <summary>The event's name.</summary>
    string Name { get; }

    /// <summary>The place.</summary>
    string Location { get; }
}
