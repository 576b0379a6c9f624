namespace PerfTrace.BpfTrace;

/// <summary>What narrows the probes of a script.</summary>
internal sealed record ProbeOptions
{
    public static ProbeOptions Default { get; } = new();

    /// <summary>Only this process; -1: all.</summary>
    public int ProcessId { get; init; } = -1;

    /// <summary>Hears what is done.</summary>
    public Action<string>? Verbose { get; init; }
}
