using PerfTrace.Interop;

namespace PerfTrace.Bpf;

/// <summary>The data or the context for a run by hand is not what programs of the type take.</summary>
public sealed class BpfTestInputException(Errno errno, string call, string program, string advice)
    : KernelException(errno, call, program, advice);
