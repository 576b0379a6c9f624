namespace PerfTrace.Bpf;

/// <summary>A process that holds a descriptor of a program, map or link.</summary>
/// <param name="ProcessId">The process.</param>
/// <param name="CommandName">Its name (comm).</param>
public sealed record BpfHolder(int ProcessId, string CommandName)
{
    public override string ToString() => $"{CommandName}({ProcessId})";
}
