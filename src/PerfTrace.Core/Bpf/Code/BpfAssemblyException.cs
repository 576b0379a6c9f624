namespace PerfTrace.Bpf;

/// <summary>Instructions that can not be put together: a jump that is too long.</summary>
public sealed class BpfAssemblyException(string message) : Exception(message);
