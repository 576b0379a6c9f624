using PerfTrace.Interop;

namespace PerfTrace.Bpf;

/// <summary>An index beyond the end of an array: E2BIG, whose text in libc is another matter's.</summary>
public sealed class BpfMapIndexException : KernelException
{
    internal BpfMapIndexException(Errno errno, BpfMap map)
        : base(errno, "bpf(BPF_MAP_UPDATE_ELEM)", $"map {map.Id}", null,
            $"The index is beyond the end of map {map.Id} ({map.Name}): it has {map.MaximumEntries} elements, numbered from 0 ({errno}).")
    {
    }
}
