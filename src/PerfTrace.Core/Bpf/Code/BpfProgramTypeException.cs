using PerfTrace.Interop;

namespace PerfTrace.Bpf;

/// <summary>This kernel has no programs of a type.</summary>
public sealed class BpfProgramTypeException(Errno errno, BpfProgramType type)
    : KernelException(errno, "bpf", BpfNames.Of(type), "It is older than they are, or was built without them (Get-BpfFeature tells what it has).",
        $"This kernel has no BPF programs of the type {BpfNames.Of(type)}.")
{
    /// <summary>The type.</summary>
    public BpfProgramType Type { get; } = type;
}
