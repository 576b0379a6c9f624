namespace PerfTrace.Bpf;

/// <summary>A record of a perf buffer.</summary>
/// <param name="Timestamp">When the program wrote it.</param>
/// <param name="Cpu">Where.</param>
/// <param name="Value">What it wrote: an object of its type, or bytes.</param>
public sealed record BpfPerfRecord(DateTimeOffset Timestamp, int Cpu, object? Value);
