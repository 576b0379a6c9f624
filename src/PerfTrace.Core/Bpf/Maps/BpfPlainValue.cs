using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace PerfTrace.Bpf;

/// <summary>Keys and values of maps without type information: unsigned numbers of 1, 2, 4 or 8 bytes in this machine's order, else bytes.</summary>
internal static class BpfPlainValue
{
    public static object Read(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        1 => bytes[0],
        2 => BitConverter.ToUInt16(bytes),
        4 => BitConverter.ToUInt32(bytes),
        8 => BitConverter.ToUInt64(bytes),
        _ => bytes.ToArray(),
    };

    /// <summary>What fits a size, in words.</summary>
    public static string Expected(int size) => size is 1 or 2 or 4 or 8
        ? $"a number of {size * 8} bits, {size} bytes, or a text of {size} bytes at most"
        : $"{size} bytes, or a text of {size} bytes at most";

    /// <summary>Writes a number, a text that is one, a text (padded with zeros), a byte array or a list of bytes.</summary>
    /// <exception cref="FormatException">It does not fit.</exception>
    public static void Write(object value, Span<byte> target)
    {
        // Numbers that surely fit are most of what is written, and big integers cost ten times as much.
        if (target.Length == sizeof(long) && value is int or long)
        {
            BitConverter.TryWriteBytes(target, value is int small ? small : (long)value);
            return;
        }
        if (target.Length == sizeof(int) && value is int number)
        {
            BitConverter.TryWriteBytes(target, number);
            return;
        }
        target.Clear();
        switch (value)
        {
            case byte[] bytes:
                Exactly(bytes, target);
                return;
            case string text:
                WriteText(text, target);
                return;
            case IDictionary:
                throw new FormatException("it is a table, and the map has no type information that would say where its members go.");
            case IEnumerable list:
                Exactly([.. list.Cast<object?>().Select(static (item, i) => ToByte(item, i))], target);
                return;
            case bool flag:
                WriteNumber(flag ? 1 : 0, value, target);
                return;
            case char character:
                WriteNumber(character, value, target);
                return;
            case Enum or IConvertible:
                WriteNumber(ToInteger(value), value, target);
                return;
            default:
                throw new FormatException($"a {value.GetType().Name} is neither a number nor bytes nor a text.");
        }
    }

    private static void WriteText(string text, Span<byte> target)
    {
        bool isHexadecimal = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        if (target.Length is 1 or 2 or 4 or 8
            && (isHexadecimal ? BigInteger.TryParse($"0{text.AsSpan(2)}", NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out BigInteger number)
                : BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number)))
        {
            WriteNumber(number, text, target);
            return;
        }
        int size = Encoding.UTF8.GetByteCount(text);
        if (size > target.Length)
            throw new FormatException($"'{text}' has {size} bytes, more than {target.Length}.");
        Encoding.UTF8.GetBytes(text, target);
    }

    private static void WriteNumber(BigInteger number, object value, Span<byte> target)
    {
        if (target.Length is not (1 or 2 or 4 or 8 or 16))
            throw new FormatException($"the number {value} has no {target.Length} bytes: give a byte array.");
        int bits = target.Length * 8;
        if (number < -(BigInteger.One << (bits - 1)) || number >= BigInteger.One << bits)
            throw new FormatException($"{value} has more than {bits} bits.");
        target.Fill(number.Sign < 0 ? (byte)0xff : (byte)0);
        byte[] bytes = number.ToByteArray();
        bytes.AsSpan(0, Math.Min(bytes.Length, target.Length)).CopyTo(target);
        if (!BitConverter.IsLittleEndian)
            target.Reverse();
    }

    private static BigInteger ToInteger(object value) => value switch
    {
        Enum named => Convert.ToInt64(named, CultureInfo.InvariantCulture),
        ulong large => large,
        double real when real == Math.Truncate(real) && !double.IsInfinity(real) => new BigInteger(real),
        decimal real when real == decimal.Truncate(real) => new BigInteger(real),
        double or float or decimal => throw new FormatException($"{Convert.ToString(value, CultureInfo.InvariantCulture)} is not a whole number."),
        _ => Convert.ToInt64(value, CultureInfo.InvariantCulture),
    };

    private static void Exactly(ReadOnlySpan<byte> bytes, Span<byte> target)
    {
        if (bytes.Length != target.Length)
            throw new FormatException($"it has {bytes.Length} bytes, not {target.Length}.");
        bytes.CopyTo(target);
    }

    private static byte ToByte(object? item, int index)
    {
        try
        {
            return Convert.ToByte(item, CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is OverflowException or FormatException or InvalidCastException)
        {
            throw new FormatException($"element {index} of the list, '{item}', is no byte (0 to 255).", e);
        }
    }
}
