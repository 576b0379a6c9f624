using PerfTrace.Bpf;
using PerfTrace.Interop;

namespace PerfTrace.BpfTrace;

/// <summary>Reads call stacks from the kernel's maps of them.</summary>
/// <param name="addresses">The map of addresses; null: the script takes none.</param>
/// <param name="buildIds">The map of those with build ids.</param>
internal sealed class ScriptStacks(BpfMapAccess? addresses, BpfMapAccess? buildIds) : IScriptStacks
{
    public ReadOnlySpan<byte> Read(StackType type, long number)
    {
        if ((type.Mode == StackMode.BuildId ? buildIds : addresses) is not { } map || number is < 0 or > uint.MaxValue)
            return [];
        byte[] value = new byte[map.ValueBytes];
        return map.TryLookup(BitConverter.GetBytes((uint)number), value) == Errno.None ? value : [];
    }
}
