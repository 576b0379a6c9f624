using PerfTrace.Interop;

namespace PerfTrace.Bpf;

/// <summary>The kernel does not give the code of a program out.</summary>
public sealed class BpfCodeHiddenException(uint id, string what)
    : KernelAccessException(Errno.EPERM, "bpf", $"program {id}",
        $"The kernel keeps the {what} back: run as root (CAP_BPF and CAP_SYSLOG), and set kernel.kptr_restrict to 0 or 1 and net.core.bpf_jit_harden to 0.");
