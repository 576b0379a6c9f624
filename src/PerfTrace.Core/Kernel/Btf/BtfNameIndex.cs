using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PerfTrace.Kernel;

/// <summary>The types of a blob by name: chains of numbers in two arrays, made in one pass without an object for each name.</summary>
internal sealed class BtfNameIndex
{
    // Numbers of the blob's types from 1 on; 0 ends a chain. Those of one name stand in the order of the types.
    private readonly int[] _heads;
    private readonly int[] _next;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public BtfNameIndex(BtfTypes types, BtfBlob blob)
    {
        _heads = new int[BitOperations.RoundUpToPowerOf2((uint)blob.Count + 1)];
        _next = GC.AllocateUninitializedArray<int>(blob.Count + 1);
        for (int i = blob.Count; i > 0; i--)
        {
            ReadOnlySpan<byte> name = types.NameBytes(blob.FirstId + (uint)i - 1);
            if (name.IsEmpty)
                continue;
            ref int head = ref _heads[Hash(name) & (uint)(_heads.Length - 1)];
            _next[i] = head;
            head = i;
        }
    }

    /// <summary>The first of the types that may be of this name; 0: there is none. Compare: chains are shared.</summary>
    public int First(ReadOnlySpan<byte> name) => _heads[Hash(name) & (uint)(_heads.Length - 1)];

    public int Next(int number) => _next[number];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hash(ReadOnlySpan<byte> name)
    {
        const ulong Prime = 0x9e3779b97f4a7c15;
        ulong hash = (ulong)name.Length;
        while (name.Length >= sizeof(ulong))
        {
            hash = (BitOperations.RotateLeft(hash, 23) ^ MemoryMarshal.Read<ulong>(name)) * Prime;
            name = name[sizeof(ulong)..];
        }
        ulong last = 0;
        foreach (byte b in name)
            last = (last << 8) | b;
        hash = (BitOperations.RotateLeft(hash, 23) ^ last) * Prime;
        return (uint)(hash >> 32);
    }
}
