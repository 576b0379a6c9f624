using System.Globalization;
using System.Numerics;

namespace PerfTrace.Kernel;

/// <summary>What users give as numbers, as whole numbers.</summary>
internal static class BtfNumber
{
    /// <summary>The number, of any integer type, of a text (<c>10</c>, <c>-1</c>, <c>0x10</c>), or of a float without a fraction. False: it is none.</summary>
    public static bool TryGet(object value, out BigInteger number)
    {
        switch (value)
        {
            case int i: number = i; return true;
            case uint i: number = i; return true;
            case long i: number = i; return true;
            case ulong i: number = i; return true;
            case byte i: number = i; return true;
            case sbyte i: number = i; return true;
            case short i: number = i; return true;
            case ushort i: number = i; return true;
            case Int128 i: number = (BigInteger)i; return true;
            case UInt128 i: number = (BigInteger)i; return true;
            case nint i: number = i; return true;
            case nuint i: number = i; return true;
            case BigInteger i: number = i; return true;
            case bool b: number = b ? 1 : 0; return true;
            case Enum e: return TryGet(Convert.ChangeType(e, Enum.GetUnderlyingType(e.GetType()), CultureInfo.InvariantCulture), out number);
            case double d when double.IsFinite(d) && Math.Floor(d) == d: number = new BigInteger(d); return true;
            case float f when float.IsFinite(f) && MathF.Floor(f) == f: number = new BigInteger(f); return true;
            case decimal m when decimal.Floor(m) == m: number = new BigInteger(m); return true;
            case string text: return TryParse(text.Trim(), out number);
            default: number = default; return false;
        }
    }

    private static bool TryParse(string text, out BigInteger number)
    {
        bool isNegative = text.StartsWith('-');
        ReadOnlySpan<char> digits = isNegative ? text.AsSpan(1) : text;
        // A leading zero: a hexadecimal number of BigInteger has a sign otherwise.
        bool isNumber = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? BigInteger.TryParse($"0{digits[2..]}", NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number) && digits.Length > 2
            : BigInteger.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
        if (isNegative)
            number = -number;
        return isNumber;
    }
}
