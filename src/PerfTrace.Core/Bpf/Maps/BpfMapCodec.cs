using System.Collections;
using System.Globalization;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>Turns a map's keys and values into objects and back, by its type information where it has some.</summary>
internal sealed class BpfMapCodec
{
    private readonly BpfMap _map;
    private readonly BtfValueReader _keyReader, _valueReader;
    private readonly BpfStackFrames? _frames;
    private readonly int? _processId;

    /// <param name="map">The map.</param>
    /// <param name="frames">What call stacks are made of; null: their addresses stay numbers.</param>
    /// <param name="processId">Whose call stacks they are; null: nothing is known of it.</param>
    public BpfMapCodec(BpfMap map, BpfStackFrames? frames = null, int? processId = null)
    {
        _map = map;
        _frames = frames;
        _processId = processId;
        BtfTypes? types = map.BtfId != 0 ? BtfTypes.FromId(map.BtfId) : null;
        (KeyType, _keyReader) = Reader(types, map.KeyTypeId, map.KeySize);
        (ValueType, _valueReader) = map.KernelValueTypeId != 0
            ? Reader(BtfTypes.Kernel, map.KernelValueTypeId, map.ValueSize)
            : Reader(types, map.ValueTypeId, map.ValueSize);
    }

    /// <summary>The key's type; null: unknown.</summary>
    public BtfType? KeyType { get; }

    /// <summary>The value's type; null: unknown.</summary>
    public BtfType? ValueType { get; }

    /// <summary>What a key has to be, in words.</summary>
    public string ExpectedKey => _map.Type switch
    {
        BpfMapType.LpmTrie => $"a prefix such as {(_map.KeySize - sizeof(uint) == 16 ? "2001:db8::/32" : _map.KeySize - sizeof(uint) == 4 ? "10.0.0.0/8" : $"{_map.KeySize - sizeof(uint)} bytes in hexadecimal digits and /BITS")}",
        BpfMapType.TaskStorage => "a process id",
        BpfMapType.InodeStorage or BpfMapType.CgrpStorage => "a path",
        _ when KeyType is not null => KeyType.ToDeclaration(),
        _ => BpfPlainValue.Expected(_map.KeySize),
    };

    /// <summary>What a value has to be, in words.</summary>
    public string ExpectedValue => _map.Type switch
    {
        BpfMapType.ArrayOfMaps or BpfMapType.HashOfMaps => "a map: its object, its id or its name",
        BpfMapType.ProgramArray => "a program: its object, its id or its name",
        BpfMapType.CGroupArray => "the folder of a control group",
        _ when ValueType is not null => ValueType.ToDeclaration(),
        _ => BpfPlainValue.Expected(_map.ValueSize),
    };

    /// <summary>An entry from its bytes.</summary>
    public BpfMapEntry Read(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value)
    {
        object? keyObject = key.IsEmpty ? null : _map.Type == BpfMapType.LpmTrie ? LpmPrefix.Read(key.Span) : _keyReader.Read(key.Span);
        if (BpfMapShape.IsPerCpu(_map.Type))
            return ReadPerCpu(keyObject, key, value);
        object? valueObject = _map.Type switch
        {
            BpfMapType.ArrayOfMaps or BpfMapType.HashOfMaps when BitConverter.ToUInt32(value.Span) is var id => BpfMap.Read(id) ?? (object)id,
            BpfMapType.ProgramArray when BitConverter.ToUInt32(value.Span) is var id => BpfProgram.Read(id) ?? (object)id,
            BpfMapType.StackTrace when _frames is not null => _map.Flags.HasFlag(BpfMapFlags.StackBuildId)
                ? _frames.ReadBuildIds(value.Span, _processId) : _frames.Read(value.Span, _processId),
            _ => _valueReader.Read(value.Span),
        };
        return new BpfMapEntry(_map, keyObject, valueObject, key, value);
    }

    /// <summary>A value alone, in maps that have no keys.</summary>
    public BpfMapEntry ReadValue(ReadOnlyMemory<byte> value) => new(_map, null, _valueReader.Read(value.Span), default, value);

    /// <summary>Writes a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="target">Its bytes.</param>
    /// <returns>A descriptor that the key names, to be closed when the call is done; null for keys that name none.</returns>
    /// <exception cref="BpfMapValueException">It does not fit.</exception>
    public IDisposable? WriteKey(object? key, Span<byte> target)
    {
        try
        {
            switch (_map.Type)
            {
                case BpfMapType.LpmTrie:
                    (key as LpmPrefix ?? LpmPrefix.Parse(key?.ToString() ?? "", _map.KeySize - sizeof(uint))).Write(target);
                    return null;
                case BpfMapType.TaskStorage:
                    return WriteDescriptor(SystemCalls.PidfdOpen(Convert.ToInt32(key, CultureInfo.InvariantCulture)), target);
                case BpfMapType.InodeStorage or BpfMapType.CgrpStorage when key is string path:
                    return WriteDescriptor(FileDescriptor.Open(path), target);
                default:
                    Write(KeyType, key, target);
                    return null;
            }
        }
        catch (Exception e) when (e is BtfValueException or FormatException or InvalidCastException or OverflowException or ArgumentOutOfRangeException)
        {
            throw new BpfMapValueException("key", e.Message, ExpectedKey, e);
        }
    }

    /// <summary>Writes a value; for each CPU the same, or those of a list with one for each.</summary>
    /// <param name="value">The value.</param>
    /// <param name="target">Its bytes.</param>
    /// <returns>A descriptor that the value names, to be closed when the call is done; null for values that name none.</returns>
    /// <exception cref="BpfMapValueException">It does not fit.</exception>
    public IDisposable? WriteValue(object? value, Span<byte> target)
    {
        try
        {
            switch (_map.Type)
            {
                case BpfMapType.ArrayOfMaps or BpfMapType.HashOfMaps:
                    return WriteDescriptor((value as BpfMap ?? BpfFinder.OneMap(value)).Open(), target);
                case BpfMapType.ProgramArray:
                    return WriteDescriptor((value as BpfProgram ?? BpfFinder.OneProgram(value)).Open(), target);
                case BpfMapType.CGroupArray when value is string path:
                    return WriteDescriptor(FileDescriptor.Open(path), target);
                case var type when BpfMapShape.IsPerCpu(type):
                    WritePerCpu(value, target);
                    return null;
                default:
                    Write(ValueType, value, target);
                    return null;
            }
        }
        catch (Exception e) when (e is BtfValueException or FormatException or InvalidCastException or OverflowException or ArgumentOutOfRangeException)
        {
            throw new BpfMapValueException("value", e.Message, ExpectedValue, e);
        }
    }

    private static (BtfType? Type, BtfValueReader Reader) Reader(BtfTypes? types, uint id, int size)
    {
        if (types is not null && id != 0 && types.TryGet(id) is { } type)
        {
            BtfValueReader reader = BtfValueReader.For(type);
            // libbpf takes the type information away where it does not fit the map, other loaders may not.
            if (reader.Size <= size)
                return (type, reader);
        }
        return (null, BtfValueReader.ForBytes(size));
    }

    private static FileDescriptor WriteDescriptor(FileDescriptor descriptor, Span<byte> target)
    {
        BitConverter.TryWriteBytes(target, descriptor.Number);
        return descriptor;
    }

    private static void Write(BtfType? type, object? value, Span<byte> target)
    {
        if (value is null)
            throw new FormatException("it is null.");
        if (type is null)
            BpfPlainValue.Write(value, target);
        else
            BtfValueWriter.For(type).Write(value, target);
    }

    private BpfPerCpuMapEntry ReadPerCpu(object? key, ReadOnlyMemory<byte> keyBytes, ReadOnlyMemory<byte> bytes)
    {
        int stride = BpfMapShape.CpuStride(_map.ValueSize);
        object?[] values = new object?[bytes.Length / stride];
        decimal? sum = IsNumber(_valueReader.ValueType) ? 0 : null;
        for (int cpu = 0; cpu < values.Length; cpu++)
        {
            values[cpu] = _valueReader.Read(bytes.Span.Slice(cpu * stride, _map.ValueSize));
            if (sum is not null)
                sum += Convert.ToDecimal(values[cpu], CultureInfo.InvariantCulture);
        }
        return new BpfPerCpuMapEntry(_map, key, values, sum, keyBytes, bytes);
    }

    private void WritePerCpu(object? value, Span<byte> target)
    {
        int stride = BpfMapShape.CpuStride(_map.ValueSize), cpus = target.Length / stride;
        object?[]? each = value is IEnumerable list and not (string or byte[] or IDictionary) && ValueType?.Resolve().Kind != BtfKind.Array ? [.. list.Cast<object?>()] : null;
        if (each is not null && each.Length != cpus)
            throw new FormatException($"the list has {each.Length} values; this machine may have {cpus} CPUs: give one for each, or one for all.");
        target.Clear();
        for (int cpu = 0; cpu < cpus; cpu++)
            Write(ValueType, each is null ? value : each[cpu], target.Slice(cpu * stride, _map.ValueSize));
    }

    private static bool IsNumber(Type type) => Type.GetTypeCode(type) is >= TypeCode.SByte and <= TypeCode.UInt64 && !type.IsEnum;
}
