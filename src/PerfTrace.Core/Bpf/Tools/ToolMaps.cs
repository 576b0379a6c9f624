using PerfTrace.Interop;

namespace PerfTrace.Bpf;

/// <summary>What the tools do with the maps of their programs.</summary>
internal static class ToolMaps
{
    /// <summary>Takes all entries out of a hash and gives them away, key and value.</summary>
    public static void Drain(BpfMapAccess map, Action<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> take)
    {
        var keys = new List<byte[]>();
        byte[]? key = null;
        while (true)
        {
            byte[] next = new byte[map.KeyBytes];
            if (map.TryNextKey(key ?? [], next) != Errno.None)
                break;
            keys.Add(key = next);
        }
        byte[] value = new byte[map.ValueBytes];
        foreach (byte[] one in keys)
        {
            // The program may add to the entry until it is out.
            if (map.TryTake(one, value) == Errno.None)
                take(one, value);
        }
    }
}
