namespace PerfTrace.Bpf;

/// <summary>What a tool tells of: something that happened, when, and who did it.</summary>
public abstract class BpfToolEvent
{
    /// <summary>When it happened, or began.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The process; null where it is not known.</summary>
    public required int? ProcessId { get; init; }

    /// <summary>The name of the thread that did it (comm); null where it is not known.</summary>
    public required string? CommandName { get; init; }
}
