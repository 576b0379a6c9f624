using PerfTrace.Interop;

namespace PerfTrace.Bpf;

/// <summary>A program has no machine code.</summary>
public sealed class BpfNotJitedException(uint id)
    : KernelException(Errno.ENOENT, "bpf", $"program {id}", "Set net.core.bpf_jit_enable to 1 before the program is loaded.",
        $"The program {id} has no machine code: it is interpreted.");
