namespace PerfTrace.Tracing;

/// <summary>Which functions of the kernel are traced, and how.</summary>
/// <param name="Functions">Names and wildcards (*, ?, [ab]), one at least.</param>
public sealed record FunctionTraceOptions(IReadOnlyList<string> Functions)
{
    /// <summary>Functions of this module alone; null for all.</summary>
    public string? Module { get; init; }

    /// <summary>Names and wildcards of functions that are left out.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Calls with their durations, instead of entries alone.</summary>
    public bool Graph { get; init; }

    /// <summary>How many traced functions deep; null for all. It holds for all of the kernel while the trace lasts.</summary>
    public int? MaxDepth { get; init; }

    /// <summary>These processes with all their threads, and what they fork; empty for all.</summary>
    public IReadOnlyList<int> Processes { get; init; } = [];

    /// <summary>The kernel's stack with each entry; not with <see cref="Graph"/>.</summary>
    public bool StackTrace { get; init; }

    /// <summary>The arguments with each call (Linux 6.15); not with <see cref="StackTrace"/>.</summary>
    public bool Arguments { get; init; }
}
