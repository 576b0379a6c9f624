using System.Buffers.Binary;
using PerfTrace.Bpf;
using PerfTrace.Interop;

namespace PerfTrace.BpfTrace;

/// <summary>Reads a map of a script from the kernel's, and empties it. Safe for several threads.</summary>
internal sealed class ScriptMapReader
{
    // include/uapi/linux/bpf.h
    private const ulong BPF_EXIST = 2;

    private const int NumberAt = 0, ValueAt = 8, ExtraAt = 16;

    private readonly BpfMapAccess _access;
    private readonly ValueReader _values;
    private readonly int _stride;

    /// <param name="map">What it holds.</param>
    /// <param name="access">The kernel's map; it stays the caller's.</param>
    /// <param name="values">Reads keys and values.</param>
    public ScriptMapReader(ScriptMap map, BpfMapAccess access, ValueReader values)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(access.KeyBytes, map.TotalKeyBytes, nameof(access));
        ArgumentOutOfRangeException.ThrowIfLessThan(access.Map.ValueSize, map.Value.Size, nameof(access));
        Map = map;
        _access = access;
        _values = values;
        _stride = BpfMapShape.IsPerCpu(access.Map.Type) ? BpfMapShape.CpuStride(access.Map.ValueSize) : access.ValueBytes;
    }

    public ScriptMap Map { get; }

    // The script has taken all entries out.
    private bool _isCleared;

    private AggregateType? Aggregate => Map.Value as AggregateType;

    /// <summary>What it holds now.</summary>
    /// <param name="top">Only so many of the last entries, which are the largest; 0: all.</param>
    /// <param name="divisor">Numbers are divided by it; 0: not.</param>
    /// <param name="showsZero">A map without a key that holds nothing has an entry of zeros: so print() has it, and the end of a script has not.</param>
    /// <exception cref="KernelException">Reading is refused.</exception>
    public ScriptMapContent Read(int top = 0, long divisor = 0, bool showsZero = false)
    {
        var rows = new List<ScriptMapRow>();
        var byKey = new Dictionary<byte[], ScriptMapRow>(KeyComparer.Instance);
        foreach (BpfMapChunk chunk in new BpfMapReading(_access).Read(CancellationToken.None))
        {
            for (int i = 0; i < chunk.Count; i++)
                Add(rows, byKey, chunk.Keys.AsSpan(i * _access.KeyBytes, _access.KeyBytes), chunk.Values.AsSpan(i * _access.ValueBytes, _access.ValueBytes));
        }
        // An array's element is there always; where the script took it away, it is none until something is added.
        if (!showsZero && (_isCleared || Map.IsDeleted) && Map.Key is null && rows is [{ Total: var only }] && only == default(AggregateTotal))
            rows.Clear();
        if (rows.Count == 0 && showsZero && Map.Key is null && Aggregate is not { HasBucket: true })
            Add(rows, byKey, new byte[_access.KeyBytes], new byte[_access.ValueBytes]);
        rows.Sort(new ScriptRowOrder(Map));
        return new ScriptMapContent(Map, top > 0 && top < rows.Count ? rows.GetRange(rows.Count - top, top) : rows, divisor, _values);
    }

    /// <summary>The entry of one key; without rows where there is none.</summary>
    public ScriptMapContent ReadEntry(ReadOnlySpan<byte> key)
    {
        var rows = new List<ScriptMapRow>();
        var byKey = new Dictionary<byte[], ScriptMapRow>(KeyComparer.Instance);
        if (Map.BucketOffset is null)
        {
            byte[] whole = new byte[_access.KeyBytes], value = new byte[_access.ValueBytes];
            key[..Math.Min(key.Length, whole.Length)].CopyTo(whole);
            if (_access.TryLookup(whole, value) == Errno.None)
                Add(rows, byKey, whole, value);
            return new ScriptMapContent(Map, rows, 0, _values);
        }
        byte[] wanted = new byte[Map.KeyBytes];
        key[..Math.Min(key.Length, wanted.Length)].CopyTo(wanted);
        foreach (BpfMapChunk chunk in new BpfMapReading(_access).Read(CancellationToken.None))
        {
            for (int i = 0; i < chunk.Count; i++)
            {
                ReadOnlySpan<byte> one = chunk.Keys.AsSpan(i * _access.KeyBytes, _access.KeyBytes);
                if (one[..wanted.Length].SequenceEqual(wanted))
                    Add(rows, byKey, one, chunk.Values.AsSpan(i * _access.ValueBytes, _access.ValueBytes));
            }
        }
        return new ScriptMapContent(Map, rows, 0, _values);
    }

    /// <summary>Takes all entries out; those of an array become zero.</summary>
    public void Clear()
    {
        _isCleared = true;
        if (BpfMapShape.IsPlainArray(_access.Map.Type))
        {
            Zero();
            return;
        }
        foreach (byte[] key in Keys())
            Check(_access.TryDelete(key), BpfCommand.MapDelete);
    }

    /// <summary>Takes the entries out whose keys are meant.</summary>
    public void Delete(Predicate<byte[]> isMeant)
    {
        foreach (byte[] key in Keys().Where(k => isMeant(k)))
            Check(_access.TryDelete(key), BpfCommand.MapDelete);
    }

    /// <summary>Sets all values to zero; the keys stay.</summary>
    public void Zero()
    {
        byte[] zero = new byte[_access.ValueBytes];
        foreach (byte[] key in Keys())
            Check(_access.TryUpdate(key, zero, BPF_EXIST), BpfCommand.MapUpdate);
    }

    private byte[][] Keys()
    {
        var keys = new List<byte[]>();
        foreach (BpfMapChunk chunk in new BpfMapReading(_access).Read(CancellationToken.None))
        {
            for (int i = 0; i < chunk.Count; i++)
                keys.Add(chunk.Keys.AsSpan(i * _access.KeyBytes, _access.KeyBytes).ToArray());
        }
        return [.. keys];
    }

    // A program may take an entry out meanwhile.
    private void Check(Errno errno, BpfCommand command)
    {
        if (errno is not (Errno.None or Errno.ENOENT))
            throw Kernel.BpfCalls.Error(errno, command, _access.Subject);
    }

    private void Add(List<ScriptMapRow> rows, Dictionary<byte[], ScriptMapRow> byKey, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (Aggregate is not { } aggregate)
        {
            rows.Add(new ScriptMapRow(key[..Map.KeyBytes].ToArray()) { Value = value[..Map.Value.Size].ToArray() });
            return;
        }
        if (Map.BucketOffset is not { } bucket)
        {
            rows.Add(new ScriptMapRow(key[..Map.KeyBytes].ToArray()) { Total = AggregateTotal.Of(aggregate, value, _stride) });
            return;
        }
        if (!byKey.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key[..Map.KeyBytes], out ScriptMapRow? row))
        {
            row = new ScriptMapRow(key[..Map.KeyBytes].ToArray());
            byKey.Add(row.Key, row);
            rows.Add(row);
        }
        if (aggregate.Kind == AggregateKind.TimeSeries)
            AddInterval(row, aggregate, value);
        else
            row.Parts[BinaryPrimitives.ReadInt64LittleEndian(key[bucket..])] = AggregateTotal.Of(aggregate, value, _stride);
    }

    // Each CPU has its own interval in the place: that of the newest counts.
    private void AddInterval(ScriptMapRow row, AggregateType type, ReadOnlySpan<byte> values)
    {
        long newest = 0;
        for (ReadOnlySpan<byte> rest = values; rest.Length >= _stride; rest = rest[_stride..])
            newest = Math.Max(newest, BinaryPrimitives.ReadInt64LittleEndian(rest[NumberAt..]));
        if (newest == 0)
            return; // never used
        AggregateTotal? total = null;
        for (; values.Length >= _stride; values = values[_stride..])
        {
            if (BinaryPrimitives.ReadInt64LittleEndian(values[NumberAt..]) != newest)
                continue;
            long value = BinaryPrimitives.ReadInt64LittleEndian(values[ValueAt..]), extra = BinaryPrimitives.ReadInt64LittleEndian(values[ExtraAt..]);
            total = (total, type.Each) switch
            {
                (null, AggregateKind.Minimum or AggregateKind.Maximum) => new AggregateTotal(value, 1),
                (null, _) => new AggregateTotal(value, extra),
                ({ } before, null) => extra > before.Count ? new AggregateTotal(value, extra) : before,
                ({ } before, { } each) => before.With(each, type.IsSigned, value, each is AggregateKind.Minimum or AggregateKind.Maximum ? 1 : extra),
            };
        }
        if (total is { } found)
            row.Parts[newest] = found;
    }

    private sealed class KeyComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly KeyComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] bytes) => GetHashCode(bytes.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            HashCode hash = default;
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
