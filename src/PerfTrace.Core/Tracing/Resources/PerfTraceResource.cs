namespace PerfTrace.Tracing;

/// <summary>Something in tracefs or bpffs that a session made or changed, as its name or the session's journal says.</summary>
public sealed record PerfTraceResource
{
    /// <summary>What sort of thing it is.</summary>
    public required PerfTraceResourceKind Kind { get; init; }

    /// <summary>What it is called in tracefs or bpffs: an instance, a group and event, a file.</summary>
    public required string Name { get; init; }

    /// <summary>Where it is.</summary>
    public required string Path { get; init; }

    /// <summary>More about it: the definition of a probe, the text of a trigger or filter, what a setting is.</summary>
    public string? Definition { get; init; }

    /// <summary>The instance that it is in; null for what is in none.</summary>
    public string? Instance { get; init; }

    /// <summary>Who made it.</summary>
    public required TraceOwner Owner { get; init; }

    /// <summary>The process that made it.</summary>
    public int ProcessId => Owner.ProcessId;

    /// <summary>Whether that process still ran when this was looked up.</summary>
    public required bool IsOwnerAlive { get; init; }

    /// <summary>The process that made it has ended, so nobody else will remove it.</summary>
    public bool IsOrphaned => !IsOwnerAlive;

    /// <summary>It is this session's.</summary>
    public bool IsOwned => Owner == TraceOwner.Current;

    /// <summary>The session's own note of it; null for what its name tells.</summary>
    internal JournalEntry? Noted { get; init; }

    public override string ToString() => $"{Kind} {Name}{(Instance is null || Kind == PerfTraceResourceKind.Instance ? "" : $" in {Instance}")}";
}
