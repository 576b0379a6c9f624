using PerfTrace.Interop;

namespace PerfTrace.Bpf;

/// <summary>A map has no room for one more entry. The kernel's E2BIG says "Argument list too long" of it, its ENOSPC "No space left on device".</summary>
public sealed class BpfMapFullException : KernelException
{
    internal BpfMapFullException(Errno errno, BpfMap map)
        : base(errno, "bpf(BPF_MAP_UPDATE_ELEM)", $"map {map.Id}", "Remove some first (Remove-BpfMapEntry, Clear-BpfMap), or make a larger map.",
            $"Map {map.Id} ({map.Name}) is full: it holds {map.MaximumEntries} entries at most ({errno}).")
    {
    }
}
