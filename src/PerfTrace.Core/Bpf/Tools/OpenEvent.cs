using PerfTrace.Interop;

namespace PerfTrace.Bpf;

/// <summary>A file was opened, or could not be (open(2), openat(2), openat2(2), creat(2)).</summary>
public sealed class OpenEvent : BpfToolEvent
{
    /// <summary>The thread.</summary>
    public required int ThreadId { get; init; }

    /// <summary>The user.</summary>
    public required uint UserId { get; init; }

    /// <summary>The name as it was given; it may be relative.</summary>
    public required string Path { get; init; }

    /// <summary>The descriptor of the directory that a relative name begins at; null for the working directory.</summary>
    public required int? DirectoryDescriptor { get; init; }

    /// <summary>How it was to be opened.</summary>
    public required OpenFlags Flags { get; init; }

    /// <summary>The descriptor; null when it failed.</summary>
    public required int? Descriptor { get; init; }

    /// <summary>Why it failed; None when it did not.</summary>
    public required Errno Error { get; init; }

    /// <summary>How long the system call took.</summary>
    public required TimeSpan Duration { get; init; }

    public override string ToString() => $"{CommandName} {ProcessId}: {Path}";
}
