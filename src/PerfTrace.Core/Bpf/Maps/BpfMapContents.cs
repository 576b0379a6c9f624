using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Symbols;

namespace PerfTrace.Bpf;

/// <summary>The entries of a map as objects: read, written and removed, one or all.</summary>
public sealed class BpfMapContents : IDisposable
{
    // Entries that are written with one call; more take no less time each.
    private const int MostAtOnce = 8192;

    private readonly BpfMapAccess _access;
    private readonly BpfMapCodec _codec;
    private readonly byte[] _key, _value;

    private BpfMapContents(BpfMapAccess access, BpfMapCodec codec)
    {
        _access = access;
        _codec = codec;
        _key = new byte[access.KeyBytes];
        _value = new byte[access.ValueBytes];
    }

    /// <summary>The map.</summary>
    public BpfMap Map => _access.Map;

    /// <summary>The C type of its keys; null where the map has no type information.</summary>
    public BtfType? KeyType => _codec.KeyType;

    /// <summary>The C type of its values; null where the map has no type information.</summary>
    public BtfType? ValueType => _codec.ValueType;

    /// <summary>What happened to the map while it was read the last time; null: nothing that matters.</summary>
    public string? Notice { get; private set; }

    /// <summary>Opens a map.</summary>
    /// <param name="map">A map of Get-BpfMap's, New-BpfMap's or an object file's.</param>
    /// <param name="symbols">Names for the addresses in a map of call stacks, whose values are frames then; null: they stay numbers.</param>
    /// <param name="processId">The process whose call stacks the map has, for the addresses that are not the kernel's; null: they have no names.</param>
    /// <exception cref="BpfObjectGoneException">It has ended.</exception>
    /// <exception cref="KernelTargetGoneException">There is no such process.</exception>
    /// <exception cref="KernelException">EPERM.</exception>
    public static BpfMapContents Open(BpfMap map, SymbolStore? symbols = null, int? processId = null)
    {
        BpfMapAccess access = BpfMapAccess.Open(map);
        try
        {
            BpfStackFrames? frames = symbols is not null && map.Type == BpfMapType.StackTrace ? new BpfStackFrames(symbols, SystemPaths.Default) : null;
            if (processId is { } id)
                frames?.Require(id);
            return new BpfMapContents(access, new BpfMapCodec(map, frames, processId));
        }
        catch
        {
            access.Dispose();
            throw;
        }
    }

    /// <summary>All entries; of a queue or stack the one that is next.</summary>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="KernelException">The map's type has no list of entries, or reading is refused.</exception>
    public IEnumerable<BpfMapEntry> Read(CancellationToken cancellation = default)
    {
        Notice = null;
        if (BpfMapShape.IsQueue(Map.Type))
        {
            byte[] value = new byte[_access.ValueBytes];
            Errno errno = _access.TryLookup([], value);
            if (errno == Errno.None)
                yield return _codec.ReadValue(value);
            else if (errno != Errno.ENOENT)
                throw BpfMapError.Lookup(errno, _access);
            yield break;
        }
        if (BpfMapShape.NoEntries(Map.Type) is not null)
            throw BpfMapError.Listing(Errno.EOPNOTSUPP, _access);
        var reading = new BpfMapReading(_access);
        foreach (BpfMapChunk chunk in reading.Read(cancellation))
        {
            for (int i = 0; i < chunk.Count; i++)
                yield return _codec.Read(chunk.Keys.AsMemory(i * _access.KeyBytes, _access.KeyBytes), chunk.Values.AsMemory(i * _access.ValueBytes, _access.ValueBytes));
        }
        Notice = Describe(reading);
    }

    /// <summary>The entry with a key; null: there is none. Of a Bloom filter the key is the value that may be in it.</summary>
    /// <exception cref="BpfMapValueException">The key does not fit.</exception>
    /// <exception cref="KernelException">The map's type does not look up.</exception>
    public BpfMapEntry? Find(object? key)
    {
        byte[] keyBytes = new byte[_access.KeyBytes], value = new byte[_access.ValueBytes];
        Errno errno;
        if (Map.Type == BpfMapType.BloomFilter)
        {
            using IDisposable? none = _codec.WriteValue(key, value);
            errno = _access.TryLookup([], value);
            if (errno == Errno.None)
                return _codec.ReadValue(value);
        }
        else
        {
            if (_access.KeyBytes == 0 && BpfMapShape.NoEntries(Map.Type) is not null)
                throw BpfMapError.Lookup(Errno.EOPNOTSUPP, _access);
            using IDisposable? named = WriteKeyUnlessNone(key, keyBytes);
            errno = _access.TryLookup(keyBytes, value);
            if (errno == Errno.None)
                return _codec.Read(keyBytes, value);
        }
        return errno == Errno.ENOENT ? null : throw BpfMapError.Lookup(errno, _access);
    }

    /// <summary>Writes an entry; pushes the value of a queue, stack or Bloom filter, which has no key.</summary>
    /// <exception cref="BpfMapValueException">Key or value do not fit.</exception>
    /// <exception cref="KernelException">The map is full or frozen, or the condition is not met.</exception>
    public void Set(object? key, object? value, BpfUpdateCondition condition = BpfUpdateCondition.Any)
    {
        using IDisposable? keyDescriptor = WriteKeyUnlessNone(key, _key);
        using IDisposable? valueDescriptor = _codec.WriteValue(value, _value);
        Errno errno = _access.TryUpdate(_key, _value, (ulong)condition);
        if (errno != Errno.None)
            throw BpfMapError.Update(errno, _access, condition);
    }

    /// <summary>Writes many entries with few system calls.</summary>
    /// <param name="entries">Keys and values.</param>
    /// <param name="failed">Gets those that could not be written; the others are.</param>
    /// <param name="cancellation">Ends the writing after some thousand more at the latest.</param>
    /// <returns>How many were written.</returns>
    public long SetMany(IEnumerable<KeyValuePair<object, object?>> entries, Action<object, Exception> failed, CancellationToken cancellation = default)
    {
        long written = 0;
        int keyBytes = _access.KeyBytes, valueBytes = _access.ValueBytes, count = 0;
        bool isSingle = !HasBatches;
        byte[] keys = new byte[isSingle ? 0 : MostAtOnce * keyBytes], values = new byte[isSingle ? 0 : MostAtOnce * valueBytes];
        object[] origin = new object[isSingle ? 0 : MostAtOnce];
        foreach ((object key, object? value) in entries)
        {
            if (cancellation.IsCancellationRequested)
                break;
            try
            {
                if (isSingle)
                {
                    Set(key, value);
                    written++;
                    continue;
                }
                _codec.WriteKey(key, keys.AsSpan(count * keyBytes, keyBytes));
                _codec.WriteValue(value, values.AsSpan(count * valueBytes, valueBytes));
            }
            catch (Exception e) when (e is BpfMapValueException or KernelException)
            {
                failed(key, e);
                continue;
            }
            origin[count] = key;
            if (++count == MostAtOnce)
            {
                written += Flush(keys, values, origin, count, failed);
                count = 0;
            }
        }
        return written + Flush(keys, values, origin, count, failed);
    }

    /// <summary>Removes an entry; takes the next of a queue or stack, for which the key is null.</summary>
    /// <returns>The entry of a queue or stack; else null.</returns>
    /// <exception cref="BpfMapValueException">The key does not fit.</exception>
    /// <exception cref="BpfMapKeyNotFoundException">There is none with this key.</exception>
    /// <exception cref="KernelException">The map is frozen, or its elements can not be removed.</exception>
    public BpfMapEntry? Remove(object? key)
    {
        if (BpfMapShape.IsQueue(Map.Type))
        {
            byte[] value = new byte[_access.ValueBytes];
            Errno taken = _access.TryTake([], value);
            return taken == Errno.None ? _codec.ReadValue(value) : throw (taken == Errno.ENOENT ? new BpfMapKeyNotFoundException(Map, null) : BpfMapError.Delete(taken, _access));
        }
        if (_access.KeyBytes == 0)
            throw BpfMapError.Delete(Errno.EOPNOTSUPP, _access);
        using IDisposable? descriptor = _codec.WriteKey(key, _key);
        Errno errno = _access.TryDelete(_key);
        return errno switch
        {
            Errno.None => null,
            Errno.ENOENT => throw new BpfMapKeyNotFoundException(Map, key),
            _ => throw BpfMapError.Delete(errno, _access),
        };
    }

    /// <summary>Removes all entries that are there; sets the elements of arrays to zero.</summary>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>How many were removed or set.</returns>
    /// <exception cref="KernelException">The map is frozen, or its type has no list of entries.</exception>
    public long Clear(CancellationToken cancellation = default)
    {
        long cleared = 0;
        if (BpfMapShape.IsQueue(Map.Type))
        {
            while (!cancellation.IsCancellationRequested && _access.TryTake([], _value) == Errno.None)
                cleared++;
            return cleared;
        }
        if (BpfMapShape.NoEntries(Map.Type) is not null)
            throw BpfMapError.Listing(Errno.EOPNOTSUPP, _access);
        byte[] zero = new byte[_access.ValueBytes];
        foreach (BpfMapChunk chunk in new BpfMapReading(_access).Read(cancellation))
        {
            for (int i = 0; i < chunk.Count; i++)
            {
                ReadOnlySpan<byte> key = chunk.Keys.AsSpan(i * _access.KeyBytes, _access.KeyBytes);
                Errno errno = BpfMapShape.IsPlainArray(Map.Type) ? _access.TryUpdate(key, zero) : _access.TryDelete(key);
                if (errno == Errno.None)
                    cleared++;
                else if (errno != Errno.ENOENT)
                    throw BpfMapError.Delete(errno, _access);
            }
        }
        return cleared;
    }

    /// <summary>User space can not change the map from now on; nothing undoes it (BPF_MAP_FREEZE, Linux 5.2).</summary>
    /// <exception cref="KernelException">It is mapped for writing, or frozen already (EBUSY).</exception>
    public void Freeze()
    {
        Errno errno = _access.TryFreeze();
        if (errno != Errno.None)
        {
            throw BpfCalls.Error(errno == Errno.ENOTSUPP ? Errno.EOPNOTSUPP : errno, BpfCommand.MapFreeze, _access.Subject, errno switch
            {
                Errno.EPERM when _access.IsReadOnly => "It is frozen already, or was opened for reading.",
                Errno.EBUSY => "It is frozen already, or a process has it mapped for writing.",
                Errno.ENOTSUPP or Errno.EOPNOTSUPP => "Maps of this type, and those with timers, locks or pointers in their values, can not be frozen.",
                _ => null,
            });
        }
    }

    public void Dispose() => _access.Dispose();

    private bool HasBatches => Map.Type is BpfMapType.Hash or BpfMapType.LruHash or BpfMapType.Array or BpfMapType.PerCpuHash or BpfMapType.LruPerCpuHash or BpfMapType.PerCpuArray or BpfMapType.LpmTrie;

    private static string? Describe(BpfMapReading reading)
    {
        if (reading is { Repeated: 0, Vanished: 0, IsIncomplete: false })
            return null;
        string text = $"The map was changed while it was read: {reading.Repeated} keys came again and were given once, {reading.Vanished} entries were gone before their value was read";
        return reading.IsIncomplete ? $"{text}; it changed too fast to be read to its end, entries are missing." : $"{text}; entries that were added meanwhile may be missing.";
    }

    private IDisposable? WriteKeyUnlessNone(object? key, Span<byte> target)
    {
        if (_access.KeyBytes > 0)
            return _codec.WriteKey(key, target);
        return key is null ? null : throw new BpfMapValueException("key", $"a {BpfNames.Of(Map.Type)} has no keys.", "nothing");
    }

    // The batch stops at the first entry that fails: that one is tried alone, for its error, and the rest goes on behind it.
    private long Flush(byte[] keys, byte[] values, object[] origin, int count, Action<object, Exception> failed)
    {
        int done = 0;
        long written = 0;
        bool hasBatches = true;
        while (done < count)
        {
            int part = count - done;
            ReadOnlySpan<byte> keysLeft = keys.AsSpan(done * _access.KeyBytes), valuesLeft = values.AsSpan(done * _access.ValueBytes);
            if (hasBatches)
            {
                Errno many = _access.TryChangeMany(BpfCommand.MapUpdateBatch, keysLeft, valuesLeft, ref part);
                if (many == Errno.None)
                    return written + part;
                hasBatches = many is not (Errno.ENOTSUPP or Errno.EOPNOTSUPP or Errno.EINVAL);
                if (!hasBatches)
                    part = 0;
                done += part;
                written += part;
                keysLeft = keys.AsSpan(done * _access.KeyBytes);
                valuesLeft = values.AsSpan(done * _access.ValueBytes);
            }
            Errno one = _access.TryUpdate(keysLeft[.._access.KeyBytes], valuesLeft[.._access.ValueBytes]);
            if (one == Errno.None)
                written++;
            else
                failed(origin[done], BpfMapError.Update(one, _access, BpfUpdateCondition.Any));
            done++;
        }
        return written;
    }
}
