namespace PerfTrace.BpfTrace;

/// <summary>Whose memory an address belongs to: that decides which helper reads it.</summary>
internal enum MemorySpace
{
    Kernel,
    User,
    /// <summary>The program's context, which is read directly.</summary>
    Context,
    /// <summary>The program's own: the stack or a map's value, which are read directly.</summary>
    Program,
    /// <summary>An address that the verifier knows by its kernel type (arguments of fentry and of BTF tracepoints): it is read directly, a fault gives 0.</summary>
    Trusted,
}
