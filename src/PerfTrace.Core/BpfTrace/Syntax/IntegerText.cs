namespace PerfTrace.BpfTrace;

/// <summary>Reads an integer as scripts and attach points write it: decimal, <c>0x</c>, octal, <c>0b</c>, <c>1e6</c>, <c>1_000</c>, C's suffixes, <c>5ms</c>.</summary>
internal static class IntegerText
{
    private static readonly (string Suffix, ulong Largest, ulong Factor)[] Suffixes =
    [
        ("", ulong.MaxValue, 1),
        ("u", uint.MaxValue, 1), ("l", long.MaxValue, 1), ("ul", ulong.MaxValue, 1), ("lu", ulong.MaxValue, 1),
        ("ll", long.MaxValue, 1), ("ull", ulong.MaxValue, 1), ("llu", ulong.MaxValue, 1),
        ("ns", ulong.MaxValue, 1), ("us", ulong.MaxValue, 1_000), ("ms", ulong.MaxValue, 1_000_000), ("s", ulong.MaxValue, 1_000_000_000),
        ("m", ulong.MaxValue, 60_000_000_000), ("h", ulong.MaxValue, 3_600_000_000_000), ("d", ulong.MaxValue, 86_400_000_000_000),
    ];

    /// <summary>The value; or null, and what is wrong.</summary>
    public static ulong? Parse(ReadOnlySpan<char> text, out string? problem)
    {
        problem = null;
        int radix = 10, at = 0;
        if (text.Length > 2 && text[0] == '0' && (text[1] | 0x20) is 'x' or 'b')
        {
            radix = (text[1] | 0x20) == 'x' ? 16 : 2;
            at = 2;
        }
        else if (text.Length > 1 && text[0] == '0' && char.IsAsciiDigit(text[1]))
        {
            radix = 8;
            at = 1;
        }
        int first = at;
        if (!Digits(text, ref at, radix, out ulong value))
        {
            problem = $"the integer '{text}' does not fit in 64 bits";
            return null;
        }
        if (at == first || text[at - 1] == '_')
        {
            problem = $"'{text}' is no integer";
            return null;
        }
        if (radix == 10 && at < text.Length && (text[at] | 0x20) == 'e' && !Exponent(text, ref at, ref value, out problem))
            return null;
        return Scale(text, text[at..], value, radix, out problem);
    }

    internal static int HexDigit(char c) => char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;

    private static bool Exponent(ReadOnlySpan<char> text, ref int at, ref ulong value, out string? problem)
    {
        int first = ++at;
        bool fits = Digits(text, ref at, 10, out ulong exponent);
        if (at == first || text[at - 1] == '_')
        {
            problem = $"the exponent of '{text}' is no positive integer";
            return false;
        }
        problem = null;
        for (ulong i = 0; fits && value != 0 && i < exponent; i++)
        {
            fits = value <= ulong.MaxValue / 10;
            value = unchecked(value * 10);
        }
        if (!fits && value != 0)
            problem = $"the integer '{text}' does not fit in 64 bits";
        return problem is null;
    }

    private static ulong? Scale(ReadOnlySpan<char> text, ReadOnlySpan<char> suffix, ulong value, int radix, out string? problem)
    {
        foreach ((string known, ulong largest, ulong factor) in Suffixes)
        {
            // "0x10s" is no duration, and C's suffixes are of either case where a duration's are not.
            bool isTime = known is "ns" || factor != 1;
            if (isTime && radix != 10 && value != 0 || !suffix.Equals(known, isTime ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase))
                continue;
            if (value > largest / factor)
            {
                problem = $"the integer '{text}' is larger than {largest / factor}, the most that '{known}' takes";
                return null;
            }
            problem = null;
            return value * factor;
        }
        problem = $"'{suffix}' is no suffix of an integer";
        return null;
    }

    // Digits and separators up to the first other character; false when they are too many.
    private static bool Digits(ReadOnlySpan<char> text, ref int at, int radix, out ulong value)
    {
        value = 0;
        bool fits = true;
        for (; at < text.Length; at++)
        {
            if (text[at] == '_')
                continue;
            int digit = char.IsAsciiHexDigit(text[at]) ? HexDigit(text[at]) : radix;
            if (digit >= radix)
                break;
            fits = fits && value <= (ulong.MaxValue - (ulong)digit) / (ulong)radix;
            value = unchecked((value * (ulong)radix) + (ulong)digit);
        }
        return fits;
    }
}
