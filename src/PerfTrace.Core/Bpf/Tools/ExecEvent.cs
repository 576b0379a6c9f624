namespace PerfTrace.Bpf;

/// <summary>A process began to run a program (execve(2) that succeeded).</summary>
public sealed class ExecEvent : BpfToolEvent
{
    /// <summary>The process that started this one.</summary>
    public required int ParentId { get; init; }

    /// <summary>Its name (comm).</summary>
    public required string ParentName { get; init; }

    /// <summary>The user.</summary>
    public required uint UserId { get; init; }

    /// <summary>The file, as it was given to execve(2).</summary>
    public required string Path { get; init; }

    /// <summary>The arguments, the program's name first.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>There were more arguments than were recorded.</summary>
    public required bool IsTruncated { get; init; }

    /// <summary>The arguments with blanks between them.</summary>
    public string CommandLine => string.Join(' ', Arguments) + (IsTruncated ? " …" : "");

    public override string ToString() => CommandLine;
}
