using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace PerfTrace.Kernel;

/// <summary>
/// A struct or union of C. The class of each type derives from this one and has a property for each member, which decodes the bytes when it is asked. Members of
/// structs without a name are the owner's, as in C; a bit field is a number, an array of characters a string, and a pointer an address.
/// </summary>
public abstract class BtfValue
{
    /// <summary>The type of the struct.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected abstract BtfType CType { get; }

    /// <summary>All bytes of the value.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected abstract ReadOnlySpan<byte> Bytes { get; }

    /// <summary>The type of the struct.</summary>
    public BtfType GetCType() => CType;

    /// <summary>The bytes that the value was made from.</summary>
    public byte[] GetBytes() => Bytes.ToArray();

    internal ReadOnlySpan<byte> Span => Bytes;

    /// <summary>The members as C initialises them: <c>{ pid = 1, comm = "init" }</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder("{");
        foreach (PropertyInfo property in GetType().GetProperties())
            text.Append(text.Length > 1 ? ", " : " ").Append(property.Name).Append(" = ").Append(Describe(property.GetValue(this)));
        return text.Append(" }").ToString();
    }

    /// <summary>A part of the value; a size below zero reaches to its end.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected ReadOnlySpan<byte> Slice(int offset, int size) => size < 0 ? Bytes[offset..] : Bytes.Slice(offset, size);

    /// <summary>The number of a bit field, extended to 64 bits.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected long Bits(int offset, int count, bool isSigned) => ReadBits(Bytes, offset, count, isSigned);

    /// <summary>A copy of the bytes of a value without a size of its own.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected static byte[] Copy(ref readonly byte source, int length) => MemoryMarshal.CreateReadOnlySpan(in source, length).ToArray();

    // Little-endian: the first bit is the lowest of the first byte.
    internal static long ReadBits(ReadOnlySpan<byte> bytes, int offset, int count, bool isSigned)
    {
        int first = offset / 8, shift = offset % 8, end = (offset + count + 7) / 8;
        UInt128 value = 0;
        for (int i = end - 1; i >= first; i--)
            value = (value << 8) | bytes[i];
        ulong bits = (ulong)(value >> shift);
        int unused = 64 - count;
        return isSigned ? (long)(bits << unused) >> unused : (long)(bits << unused >> unused);
    }

    private static string Describe(object? value)
    {
        const int MostElements = 16;
        if (value is string text)
            return $"\"{text}\"";
        if (value is not Array array)
            return Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        IEnumerable<string> elements = ((IEnumerable)array).Cast<object?>().Take(MostElements).Select(Describe);
        return $"{{ {string.Join(", ", elements)}{(array.Length > MostElements ? ", ..." : "")} }}";
    }
}
