using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>Finds the types of what programs write into buffers.</summary>
public static class BpfBufferTypes
{
    /// <summary>The type of the map's values, where its type information tells; otherwise null.</summary>
    public static BtfType? OfValues(BpfMap map) =>
        map.BtfId != 0 && map.ValueTypeId != 0 && BtfTypes.TryFromId(map.BtfId)?.TryGet(map.ValueTypeId) is { Size: > 0 } type ? type : null;

    /// <summary>A type by its name: in the map's type information, in that of the programs that use the map, or in the kernel's.</summary>
    /// <exception cref="BtfNotFoundException">None of them has it.</exception>
    public static BtfType Find(BpfMap map, string name)
    {
        var seen = new HashSet<uint> { 0 };
        BtfTypes? first = null;
        foreach (uint id in Programs(map).Prepend(map.BtfId))
        {
            if (!seen.Add(id) || BtfTypes.TryFromId(id) is not { } types)
                continue;
            if (types.Find(name) is { } type)
                return type;
            first ??= types;
        }
        return BtfTypes.Kernel.Find(name) ?? throw (first ?? BtfTypes.Kernel).NotFound(name);
    }

    private static IEnumerable<uint> Programs(BpfMap map)
    {
        try
        {
            return [.. BpfProgram.ReadAll().Where(p => p.MapId.Contains(map.Id)).Select(static p => p.BtfId)];
        }
        catch (KernelException e) when (e.Errno is Errno.EPERM)
        {
            return []; // listing takes more rights than reading a map that one has
        }
    }
}
