using PerfTrace.Bpf;
using PerfTrace.Interop;

namespace PerfTrace.BpfTrace;

/// <summary>Reads call stacks from the kernel's maps of them.</summary>
/// <param name="maps">The maps, by how many frames they have and how large each is.</param>
internal sealed class ScriptStacks(IReadOnlyDictionary<(int Depth, int FrameSize), BpfMapAccess> maps) : IScriptStacks
{
    public ReadOnlySpan<byte> Read(StackType type, long number)
    {
        if (number is < 0 or > uint.MaxValue || !maps.TryGetValue((type.Depth, type.FrameSize), out BpfMapAccess? map))
            return [];
        byte[] value = new byte[map.ValueBytes];
        return map.TryLookup(BitConverter.GetBytes((uint)number), value) == Errno.None ? value : [];
    }
}
