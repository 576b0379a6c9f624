namespace PerfTrace.Bpf;

/// <summary>A process ended: its last thread did.</summary>
public sealed class ExitEvent : BpfToolEvent
{
    /// <summary>The process that started this one, or what has taken its place.</summary>
    public required int ParentId { get; init; }

    /// <summary>The user.</summary>
    public required uint UserId { get; init; }

    /// <summary>When it had started.</summary>
    public required DateTimeOffset StartTime { get; init; }

    /// <summary>How long it had been there.</summary>
    public required TimeSpan Lifetime { get; init; }

    /// <summary>The exit status; 128 plus the signal's number when a signal ended it, as shells report it.</summary>
    public required int ExitCode { get; init; }

    /// <summary>The signal that ended it; null when it exited.</summary>
    public required int? Signal { get; init; }

    /// <summary>It left a core dump.</summary>
    public required bool HasCoreDump { get; init; }

    public override string ToString() => $"{CommandName} {ProcessId}: {ExitCode}";
}
