namespace PerfTrace.Bpf;

/// <summary>A map that can not be: its name or what belongs to its type is wrong.</summary>
public sealed class BpfMapRequestException(string message) : ArgumentException(message);
