namespace PerfTrace.BpfTrace;

/// <summary>What narrows the probes of a script.</summary>
internal sealed record ProbeOptions
{
    public static ProbeOptions Default { get; } = new();

    /// <summary>Only this process; -1: all.</summary>
    public int ProcessId { get; init; } = -1;

    /// <summary>What relative paths of programs and libraries start from.</summary>
    public string Directory { get; init; } = Environment.CurrentDirectory;

    /// <summary>Each function of a kprobe's pattern gets a probe, also where the kernel has links to many.</summary>
    public bool IsOneByOne { get; init; }

    /// <summary>Hears what is done.</summary>
    public Action<string>? Verbose { get; init; }
}
