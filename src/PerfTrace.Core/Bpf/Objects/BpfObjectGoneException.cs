using PerfTrace.Interop;

namespace PerfTrace.Bpf;

/// <summary>A program, map, link or type information with this id is not there, or not any more.</summary>
public sealed class BpfObjectGoneException(BpfObjectKind kind, uint id)
    : KernelException(Errno.ENOENT, "bpf", $"{kind.ToString().ToLowerInvariant()} {id}",
        "It has ended: nothing holds, pins or attaches it any more.", $"There is no BPF {kind.ToString().ToLowerInvariant()} with the id {id}.");
