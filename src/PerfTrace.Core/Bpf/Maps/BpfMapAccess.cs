using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>The entries of an open map as bytes: bpf(2)'s BPF_MAP_* commands, one entry or many at a time.</summary>
internal sealed unsafe class BpfMapAccess : IDisposable
{
    // BPF_F_LOCK: take the value's spin lock while it is copied.
    public const ulong Lock = 4;

    private readonly FileDescriptor _descriptor;

    private BpfMapAccess(BpfMap map, FileDescriptor descriptor)
    {
        Map = map;
        _descriptor = descriptor;
        ValueBytes = BpfMapShape.ValueBytes(map.Type, map.ValueSize);
        Subject = $"map {map.Id} ({(map.Name.Length > 0 ? map.Name + ", " : "")}{BpfNames.Of(map.Type)})";
    }

    /// <summary>What the kernel told of it when it was opened.</summary>
    public BpfMap Map { get; }

    /// <summary>Bytes of a key.</summary>
    public int KeyBytes => Map.KeySize;

    /// <summary>Bytes of a value in calls; of a map for each CPU those of all CPUs.</summary>
    public int ValueBytes { get; }

    /// <summary>The map in messages.</summary>
    public string Subject { get; }

    public FileDescriptor Descriptor => _descriptor;

    /// <summary>User space can not change it, as of now: it may have been frozen after it was opened.</summary>
    public bool IsReadOnly => Map.Flags.HasFlag(BpfMapFlags.ReadOnly) || BpfDescriptorInfo.Read(_descriptor)?.Number("frozen") > 0;

    /// <summary>Opens a map; its descriptor is this object's own.</summary>
    /// <exception cref="BpfObjectGoneException">It has ended.</exception>
    /// <exception cref="KernelException">EPERM.</exception>
    public static BpfMapAccess Open(BpfMap map) => new(map, map.Open());

    /// <summary>Copies an entry's value; ENOENT: there is none with this key.</summary>
    public Errno TryLookup(ReadOnlySpan<byte> key, Span<byte> value, ulong flags = 0)
    {
        Check(key, KeyBytes, value, ValueBytes);
        fixed (byte* k = key)
        fixed (byte* v = value)
            return Element(BpfCommand.MapLookup, k, v, flags);
    }

    /// <summary>Takes an entry out with its value: of hashes (Linux 5.14), queues and stacks.</summary>
    public Errno TryTake(ReadOnlySpan<byte> key, Span<byte> value)
    {
        Check(key, KeyBytes, value, ValueBytes);
        fixed (byte* k = key)
        fixed (byte* v = value)
            return Element(BpfCommand.MapLookupAndDelete, k, v, 0);
    }

    /// <summary>Writes an entry.</summary>
    public Errno TryUpdate(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ulong flags = 0)
    {
        Check(key, KeyBytes, value, ValueBytes);
        fixed (byte* k = key)
        fixed (byte* v = value)
            return Element(BpfCommand.MapUpdate, k, v, flags);
    }

    /// <summary>Takes an entry out; ENOENT: there is none.</summary>
    public Errno TryDelete(ReadOnlySpan<byte> key)
    {
        Check(key, KeyBytes, [], 0);
        fixed (byte* k = key)
            return Element(BpfCommand.MapDelete, k, null, 0);
    }

    /// <summary>The key behind <paramref name="key"/>, or the first one; ENOENT: there is none. A key that is not there begins anew.</summary>
    public Errno TryNextKey(ReadOnlySpan<byte> key, Span<byte> next)
    {
        fixed (byte* k = key)
        fixed (byte* n = next)
            return Element(BpfCommand.MapNextKey, key.IsEmpty ? null : k, n, 0);
    }

    /// <summary>Many entries at a time (Linux 5.6): a hash's bucket by bucket, so that what stays in the map is given once.</summary>
    /// <param name="command">Lookup, lookup and delete.</param>
    /// <param name="position">Where the last call ended; changed.</param>
    /// <param name="isFirst">There was none.</param>
    /// <param name="keys">Room for the keys.</param>
    /// <param name="values">Room for the values.</param>
    /// <param name="count">How many fit; then how many came.</param>
    /// <returns>ENOENT: these are the last. ENOSPC: a bucket has more entries than fit.</returns>
    public Errno TryBatch(BpfCommand command, Span<byte> position, bool isFirst, Span<byte> keys, Span<byte> values, ref int count)
    {
        fixed (byte* p = position)
        fixed (byte* k = keys)
        fixed (byte* v = values)
        {
            BatchAttributes attributes = new()
            {
                InBatch = isFirst ? 0 : (ulong)p,
                OutBatch = (ulong)p,
                Keys = (ulong)k,
                Values = (ulong)v,
                Count = (uint)count,
                Map = (uint)_descriptor.Number,
            };
            Errno errno = BpfCalls.Try(command, &attributes, BatchAttributes.Size, out _);
            count = errno is Errno.None or Errno.ENOENT ? (int)attributes.Count : 0;
            return errno;
        }
    }

    /// <summary>Writes or takes out many entries (Linux 5.6); an error stops it after <paramref name="count"/> of them.</summary>
    public Errno TryChangeMany(BpfCommand command, ReadOnlySpan<byte> keys, ReadOnlySpan<byte> values, ref int count)
    {
        fixed (byte* k = keys)
        fixed (byte* v = values)
        {
            BatchAttributes attributes = new() { Keys = (ulong)k, Values = (ulong)v, Count = (uint)count, Map = (uint)_descriptor.Number };
            Errno errno = BpfCalls.Try(command, &attributes, BatchAttributes.Size, out _);
            count = (int)Math.Min(attributes.Count, (uint)count);
            return errno;
        }
    }

    /// <summary>No user-space change from now on (Linux 5.2).</summary>
    public Errno TryFreeze()
    {
        uint attributes = (uint)_descriptor.Number;
        return BpfCalls.Try(BpfCommand.MapFreeze, &attributes, sizeof(uint), out _);
    }

    public void Dispose() => _descriptor.Dispose();

    // struct { __u32 map_fd; __aligned_u64 key; union { __aligned_u64 value, next_key; }; __u64 flags; } of union bpf_attr
    private Errno Element(BpfCommand command, byte* key, byte* value, ulong flags)
    {
        ulong* attributes = stackalloc ulong[4];
        attributes[0] = (uint)_descriptor.Number;
        attributes[1] = (ulong)key;
        attributes[2] = (ulong)value;
        attributes[3] = flags;
        return BpfCalls.Try(command, attributes, 32, out _);
    }

    private static void Check(ReadOnlySpan<byte> key, int keyBytes, ReadOnlySpan<byte> value, int valueBytes)
    {
        // The kernel copies as many bytes as the map says: a buffer that is smaller would be read or written beyond its end.
        ArgumentOutOfRangeException.ThrowIfLessThan(key.Length, keyBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(value.Length, valueBytes);
    }

    // struct { __aligned_u64 in_batch, out_batch, keys, values; __u32 count, map_fd; __u64 elem_flags, flags; } batch of union bpf_attr
    private struct BatchAttributes
    {
        public const uint Size = 56;

        public ulong InBatch;
        public ulong OutBatch;
        public ulong Keys;
        public ulong Values;
        public uint Count;
        public uint Map;
        public ulong ElementFlags;
        public ulong Flags;
    }
}
