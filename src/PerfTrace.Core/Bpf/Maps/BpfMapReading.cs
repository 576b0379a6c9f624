using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>
/// Reads all entries of a map as bytes, in chunks: with the batch commands where the map's type has them, else key by key. A hash's batches go bucket by bucket under the
/// bucket's lock: an entry that stays is given exactly once. Key by key a change meanwhile may begin the walk anew; keys that come again are given once, and counted.
/// </summary>
internal sealed class BpfMapReading(BpfMapAccess access)
{
    private const int ChunkBytes = 1 << 20, SmallestChunk = 64, LargestChunk = 16 << 10;

    // A map that changes faster than it is walked would keep the walk going for ever.
    private const int MostRestarts = 64;

    private HashSet<ReadOnlyMemory<byte>>? _seen;

    /// <summary>Keys that were met again since the map was changed meanwhile.</summary>
    public long Repeated { get; private set; }

    /// <summary>Entries that were gone before their value was read.</summary>
    public long Vanished { get; private set; }

    /// <summary>The walk was given up since the map changed all the time: entries are missing.</summary>
    public bool IsIncomplete { get; private set; }

    private int KeyBytes => access.KeyBytes;

    private int ValueBytes => access.ValueBytes;

    /// <summary>All entries.</summary>
    /// <exception cref="KernelException">Reading is refused, or the map's type has no such thing.</exception>
    public IEnumerable<BpfMapChunk> Read(CancellationToken cancellation)
    {
        // In batches an LPM trie walks by keys, too, and begins anew where one is gone; its order and the check of keys are those of the walk.
        if (access.Map.Type is not (BpfMapType.LpmTrie or BpfMapType.StackTrace))
        {
            bool isFirst = true;
            foreach (BpfMapChunk? chunk in Batches(cancellation))
            {
                if (chunk is null)
                    break; // the type has no batches
                isFirst = false;
                yield return chunk;
            }
            if (!isFirst || _hasBatches)
                yield break;
        }
        foreach (BpfMapChunk chunk in KeyByKey(cancellation))
            yield return chunk;
    }

    private bool _hasBatches;

    private IEnumerable<BpfMapChunk?> Batches(CancellationToken cancellation)
    {
        int capacity = (int)Math.Clamp(ChunkBytes / (KeyBytes + ValueBytes), SmallestChunk, LargestChunk);
        byte[] position = new byte[Math.Max(KeyBytes, sizeof(uint))]; // a hash's is a bucket's number
        bool isFirst = true;
        while (!cancellation.IsCancellationRequested)
        {
            byte[] keys = new byte[capacity * KeyBytes], values = new byte[capacity * ValueBytes];
            int count = capacity;
            Errno errno = access.TryBatch(BpfCommand.MapLookupBatch, position, isFirst, keys, values, ref count);
            switch (errno)
            {
                case Errno.ENOSPC when capacity < access.Map.MaximumEntries:
                    capacity = (int)Math.Min(access.Map.MaximumEntries, capacity * 4L);
                    continue;
                case Errno.EINTR or Errno.EAGAIN:
                    continue;
                case Errno.None or Errno.ENOENT:
                    _hasBatches = true;
                    isFirst = false;
                    if (count > 0)
                        yield return new BpfMapChunk(keys, values, count);
                    if (errno == Errno.ENOENT)
                        yield break;
                    continue;
                case Errno.EINVAL or Errno.ENOTSUPP or Errno.EOPNOTSUPP when isFirst:
                    yield return null;
                    yield break;
                default:
                    throw BpfCalls.Error(errno, BpfCommand.MapLookupBatch, access.Subject);
            }
        }
    }

    private IEnumerable<BpfMapChunk> KeyByKey(CancellationToken cancellation)
    {
        // Elements of arrays come in their order, none twice; everything else may begin anew.
        _seen = BpfMapShape.IsArray(access.Map.Type) || access.Map.Type == BpfMapType.StackTrace ? null : new HashSet<ReadOnlyMemory<byte>>(BytesComparer.Instance);
        int capacity = (int)Math.Clamp(ChunkBytes / (KeyBytes + ValueBytes), 1, 1024), count = 0, restarts = 0;
        byte[] keys = new byte[capacity * KeyBytes], values = new byte[capacity * ValueBytes], key = [], next = new byte[KeyBytes];
        bool isRepeating = false;
        while (!cancellation.IsCancellationRequested)
        {
            Errno errno = access.TryNextKey(key, next);
            if (errno == Errno.ENOENT)
                break;
            if (errno != Errno.None)
                throw BpfMapError.Listing(errno, access);
            (key, next) = (next, key.Length == 0 ? new byte[KeyBytes] : key);
            if (_seen is not null && !_seen.Add((ReadOnlyMemory<byte>)key.AsSpan().ToArray()))
            {
                Repeated++;
                if (!isRepeating && ++restarts > MostRestarts)
                {
                    IsIncomplete = true;
                    break;
                }
                isRepeating = true;
                continue;
            }
            isRepeating = false;
            errno = access.TryLookup(key, values.AsSpan(count * ValueBytes, ValueBytes));
            if (errno != Errno.None)
            {
                // An empty element of an array of maps, programs or stacks is none that vanished.
                if (errno == Errno.ENOENT)
                {
                    if (_seen is not null)
                        Vanished++;
                    continue;
                }
                throw BpfMapError.Listing(errno, access);
            }
            key.CopyTo(keys.AsSpan(count * KeyBytes));
            if (++count < capacity)
                continue;
            yield return new BpfMapChunk(keys, values, count);
            (keys, values, count) = (new byte[capacity * KeyBytes], new byte[capacity * ValueBytes], 0);
        }
        if (count > 0)
            yield return new BpfMapChunk(keys, values, count);
    }

    private sealed class BytesComparer : IEqualityComparer<ReadOnlyMemory<byte>>
    {
        public static readonly BytesComparer Instance = new();

        public bool Equals(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceEqual(y.Span);

        public int GetHashCode(ReadOnlyMemory<byte> bytes)
        {
            HashCode hash = default;
            hash.AddBytes(bytes.Span);
            return hash.ToHashCode();
        }
    }
}
