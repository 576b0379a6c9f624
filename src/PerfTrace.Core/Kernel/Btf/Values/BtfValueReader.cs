using System.Runtime.CompilerServices;

namespace PerfTrace.Kernel;

/// <summary>
/// Makes objects from the bytes of a type. Structs and unions become objects of a class that is made once for the layout (<see cref="BtfValue"/>), enumerations
/// become enumerations of .NET with the names that C has, arrays of characters strings, other arrays arrays, pointers addresses.
/// </summary>
public sealed class BtfValueReader
{
    private static readonly ConditionalWeakTable<BtfType, BtfValueReader> Known = [];

    private readonly BtfDecoder _decoder;

    private BtfValueReader(BtfType? type, BtfDecoder decoder)
    {
        Type = type;
        _decoder = decoder;
    }

    /// <summary>The type; null for bytes without a type.</summary>
    public BtfType? Type { get; }

    /// <summary>The .NET type of the objects.</summary>
    public Type ValueType => _decoder.ValueType;

    /// <summary>Bytes that a value has at least.</summary>
    public int Size => _decoder.Size;

    /// <summary>The type ends with an array without a length: all bytes that there are belong to the value.</summary>
    public bool IsFlexible => _decoder.IsFlexible;

    /// <summary>The reader of a type; made when it is first asked for.</summary>
    /// <exception cref="BtfValueException">The type has no values: void, a function, a struct that is only declared.</exception>
    /// <exception cref="BtfException">The type contradicts itself.</exception>
    public static BtfValueReader For(BtfType type) => Known.GetValue(type, static t => new BtfValueReader(t, BtfDecoderBuilder.Build(t)));

    /// <summary>The reader of values without a type: unsigned numbers of 1, 2, 4 and 8 bytes, and arrays of bytes.</summary>
    public static BtfValueReader ForBytes(int size) => new(null, size switch
    {
        1 => new PlainDecoder<byte>(),
        2 => new PlainDecoder<ushort>(),
        4 => new PlainDecoder<uint>(),
        8 => new PlainDecoder<ulong>(),
        _ => new BytesDecoder(size),
    });

    /// <summary>A value.</summary>
    /// <exception cref="BtfValueException">There are too few bytes.</exception>
    public object? Read(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= _decoder.Size
            ? _decoder.ReadObject(bytes)
            : throw new BtfValueException("", Type?.TypeName ?? "bytes", $"{bytes.Length} bytes are no value of type {Type?.TypeName ?? "bytes"}, which has {_decoder.Size}");
}
