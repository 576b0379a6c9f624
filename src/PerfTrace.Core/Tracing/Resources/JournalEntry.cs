using System.Text.Json.Serialization;

namespace PerfTrace.Tracing;

/// <summary>A line of a session's journal: what it has made or changed under a name that does not say whose it is; or that this is undone.</summary>
/// <param name="Id">Counts in the session.</param>
/// <param name="Description">What it is, in words.</param>
/// <param name="Instance">The instance that it is in; null for the top.</param>
/// <param name="Writes">What puts it back.</param>
/// <param name="Probe">A probe, as group:name, that is to be removed instead.</param>
/// <param name="IsDone">The entry of that number is undone, or is to stay as it is.</param>
internal sealed record JournalEntry(
    int Id, string? Description = null, string? Instance = null, IReadOnlyList<TraceWrite>? Writes = null, string? Probe = null, bool IsDone = false)
{
    /// <summary>It says something, and all of it lies in tracefs.</summary>
    [JsonIgnore]
    public bool IsSound =>
        IsDone
        || ((Instance is null || TraceName.IsName(Instance))
            && (Probe is not null ? Probe.Split(':') is [var group, var name] && TraceName.IsName(group) && TraceName.IsName(name)
                : Writes is { Count: > 0 } && Writes.All(IsSoundWrite)));

    private static bool IsSoundWrite(TraceWrite? write)
    {
        if (write?.File is null || write.Text is null || write.Text.AsSpan().ContainsAny('\n', '\0') || !Enum.IsDefined(write.Kind))
            return false;
        string[] parts = write.File.Split('/');
        bool isTrigger = write.Kind is TraceWriteKind.AddTrigger or TraceWriteKind.RemoveTrigger;
        return Array.TrueForAll(parts, static p => p.Length > 0 && p is not ("." or "..") && !p.Contains('\0', StringComparison.Ordinal))
            && (!isTrigger || parts is ["events", _, _, "trigger"]);
    }
}
