namespace PerfTrace.Bpf;

/// <summary>How a program is run by hand.</summary>
public sealed record BpfTestRunRequest
{
    /// <summary>How often.</summary>
    public long Repeat { get; init; } = 1;

    /// <summary>The packet; null: 64 zeros for the types that want one.</summary>
    public byte[]? Data { get; init; }

    /// <summary>The program's context, by its type: struct __sk_buff, struct xdp_md, the arguments of a raw tracepoint; null: zeros.</summary>
    public byte[]? Context { get; init; }

    /// <summary>On which CPU, raw tracepoints alone; null: this one.</summary>
    public int? Cpu { get; init; }
}
