using System.Globalization;

namespace PerfTrace.Host.Binding;

/// <summary>
/// PowerShell's number literals: decimal, <c>0x</c> and <c>0b</c>, reals, an <c>L</c>, and the multipliers KB to PB. Unlike
/// PowerShell's, a hexadecimal number is never negative: event codes, masks and addresses are written that way.
/// </summary>
internal static class NumberParser
{
    /// <summary>The number as the smallest of int, long, ulong that holds it, or a double.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out object number)
    {
        number = 0;
        text = text.Trim();
        ReadOnlySpan<char> digits = text;
        bool negative = digits.StartsWith("-", StringComparison.Ordinal);
        if (negative || digits.StartsWith("+", StringComparison.Ordinal))
            digits = digits[1..];

        // Words such as NaN or Infinity are no literals; event names never start with a digit and stay text.
        if (digits.IsEmpty || !(char.IsAsciiDigit(digits[0]) || (digits[0] == '.' && digits.Length > 1)))
            return false;

        long multiplier = TakeMultiplier(ref digits);
        bool isLong = digits.Length > 1 && digits[^1] is 'l' or 'L';
        if (isLong)
            digits = digits[..^1];

        if (TryParseInteger(digits, out UInt128 magnitude))
            return TryFit((Int128)magnitude * multiplier * (negative ? -1 : 1), isLong, out number);

        if (isLong || !double.TryParse(digits, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double real))
            return false;
        number = (negative ? -real : real) * multiplier;
        return true;
    }

    private static bool TryParseInteger(ReadOnlySpan<char> digits, out UInt128 magnitude)
    {
        magnitude = 0;
        // 64 bits are enough for all that the kernel takes, and leave room for the multiplier in 128.
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return Widen(ulong.TryParse(digits[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong hex), hex, out magnitude);
        if (digits.StartsWith("0b", StringComparison.OrdinalIgnoreCase))
            return Widen(ulong.TryParse(digits[2..], NumberStyles.AllowBinarySpecifier, CultureInfo.InvariantCulture, out ulong binary), binary, out magnitude);
        return Widen(ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ulong plain), plain, out magnitude);
    }

    private static bool Widen(bool parsed, ulong value, out UInt128 magnitude)
    {
        magnitude = value;
        return parsed;
    }

    private static bool TryFit(Int128 value, bool isLong, out object number)
    {
        if (!isLong && value >= int.MinValue && value <= int.MaxValue)
            number = (int)value;
        else if (value >= long.MinValue && value <= long.MaxValue)
            number = (long)value;
        else if (!isLong && value >= 0 && value <= ulong.MaxValue)
            number = (ulong)value;
        else
            number = (double)value;
        return true;
    }

    private static long TakeMultiplier(ref ReadOnlySpan<char> digits)
    {
        // None of the letters before the B is a hexadecimal digit.
        if (digits.Length < 3 || digits[^1] is not ('b' or 'B'))
            return 1;
        int shift = char.ToUpperInvariant(digits[^2]) switch
        {
            'K' => 10,
            'M' => 20,
            'G' => 30,
            'T' => 40,
            'P' => 50,
            _ => 0,
        };
        if (shift > 0)
            digits = digits[..^2];
        return 1L << shift;
    }
}
