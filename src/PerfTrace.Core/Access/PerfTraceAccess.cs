namespace PerfTrace.Access;

/// <summary>Whether a feature works for this user on this machine.</summary>
public sealed class PerfTraceAccess
{
    /// <summary>Its name.</summary>
    public required string Feature { get; init; }

    public AccessFamily Family { get; init; }

    /// <summary>It worked when it was tried.</summary>
    public bool IsAvailable { get; init; }

    /// <summary>What it is.</summary>
    public required string Description { get; init; }

    /// <summary>Why it does not work; null when it does.</summary>
    public string? Reason { get; init; }

    /// <summary>The least that makes it work: a capability, a setting, a mount, an option of the kernel, a package. Null when it works, or nothing is known.</summary>
    public string? Remedy { get; init; }

    /// <summary>The cmdlets that need it, wholly or for a part of what they can.</summary>
    public required IReadOnlyList<string> Cmdlets { get; init; }

    public override string ToString() => $"{Feature}: {(IsAvailable ? "yes" : Reason)}";
}
