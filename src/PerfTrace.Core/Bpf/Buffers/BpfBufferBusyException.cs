using PerfTrace.Interop;

namespace PerfTrace.Bpf;

/// <summary>Somebody else takes records out of the ring buffer: it has one place up to which it was read, and each reader gets some of the records.</summary>
public sealed class BpfBufferBusyException(string map)
    : KernelException(Errno.EBUSY, "mmap", map, "Another program reads this ring buffer. Stop it (Get-BpfMap tells which processes hold the map), or read another.");
