using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace PerfTrace.Kernel;

/// <summary>A number, or an enumeration.</summary>
internal sealed class PlainDecoder<T>() : BtfDecoder<T>(Unsafe.SizeOf<T>())
    where T : unmanaged
{
    public override T Read(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<T>(bytes);
}

/// <summary>True or false, of any size.</summary>
internal sealed class BooleanDecoder(int size) : BtfDecoder<bool>(size)
{
    public override bool Read(ReadOnlySpan<byte> bytes) => bytes[..Size].ContainsAnyExcept((byte)0);
}

/// <summary>Characters up to the first zero. Bytes that are no UTF-8 become U+FFFD.</summary>
internal sealed class TextDecoder(int size, bool isFlexible) : BtfDecoder<string>(size, isFlexible)
{
    public override string Read(ReadOnlySpan<byte> bytes)
    {
        if (!IsFlexible)
            bytes = bytes[..Size];
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }
}

/// <summary>Bytes of a type that .NET has no other for: a float of 80 bits.</summary>
internal sealed class BytesDecoder(int size) : BtfDecoder<byte[]>(size)
{
    public override byte[] Read(ReadOnlySpan<byte> bytes) => bytes[..Size].ToArray();
}

/// <summary>An array of numbers or enumerations.</summary>
internal sealed class PlainArrayDecoder<T>(int length, bool isFlexible) : BtfDecoder<T[]>(length * Unsafe.SizeOf<T>(), isFlexible)
    where T : unmanaged
{
    public override T[] Read(ReadOnlySpan<byte> bytes) => MemoryMarshal.Cast<byte, T>(IsFlexible ? bytes : bytes[..Size]).ToArray();
}

/// <summary>An array of anything.</summary>
internal sealed class ArrayDecoder<T>(BtfDecoder<T> element, int length, bool isFlexible) : BtfDecoder<T[]>(length * element.Size, isFlexible)
{
    public override T[] Read(ReadOnlySpan<byte> bytes)
    {
        var values = new T[IsFlexible && element.Size > 0 ? bytes.Length / element.Size : length];
        for (int i = 0; i < values.Length; i++)
            values[i] = element.Read(bytes.Slice(i * element.Size, element.Size));
        return values;
    }
}

/// <summary>A struct or union: an object of the class that was made for it.</summary>
internal sealed class StructDecoder<T>(BtfValueFactory create, int size, bool isFlexible) : BtfDecoder<T>(size, isFlexible)
    where T : BtfValue
{
    public override T Read(ReadOnlySpan<byte> bytes) => Unsafe.As<T>(create(ref MemoryMarshal.GetReference(bytes), IsFlexible ? bytes.Length : Size));
}
