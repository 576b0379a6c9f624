using System.Buffers;
using System.Globalization;
using System.Text;

namespace PerfTrace.Symbols;

/// <summary>The letters and numbers of a v0 name: what RFC 2603 calls undisambiguated-identifier, base-62-number and const-data.</summary>
internal sealed class RustNameReader(string name)
{
    /// <summary>What such names are made of.</summary>
    public static readonly SearchValues<char> Characters = SearchValues.Create("_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    // An identifier in punycode has at most this many letters (the bound of libiberty's and of rustc's own demangler).
    private const int MostLetters = 128;

    public int Position { get; set; }

    public bool IsAtEnd => Position >= name.Length;

    public char Peek => Position < name.Length ? name[Position] : '\0';

    /// <exception cref="FormatException">The name ends here.</exception>
    public char Next() => Position < name.Length ? name[Position++] : throw new FormatException();

    public bool Eat(char c)
    {
        if (Peek != c)
            return false;
        Position++;
        return true;
    }

    /// <summary><c>_</c> is 0, <c>0_</c> is 1, and so on.</summary>
    /// <exception cref="FormatException">It is no number, or too large.</exception>
    public ulong Number62()
    {
        if (Eat('_'))
            return 0;
        ulong value = 0;
        for (char c = Next(); c != '_'; c = Next())
        {
            uint digit = char.IsAsciiDigit(c) ? (uint)(c - '0') : char.IsAsciiLetterLower(c) ? (uint)(c - 'a' + 10) : (uint)(c - 'A' + 36);
            value = checked((value * 62) + digit);
        }
        return checked(value + 1);
    }

    /// <summary>A number behind a letter; 0 when the letter is not there.</summary>
    /// <exception cref="FormatException">It is no number, or too large.</exception>
    public ulong OptionalNumber62(char letter) => Eat(letter) ? checked(Number62() + 1) : 0;

    /// <summary>The hexadecimal digits before the next <c>_</c>, without zeros in front.</summary>
    /// <exception cref="FormatException">There are others.</exception>
    public ReadOnlySpan<char> Hex()
    {
        int start = Position;
        while (!Eat('_'))
        {
            if (!char.IsAsciiHexDigitLower(Next()))
                throw new FormatException();
        }
        return name.AsSpan(start, Position - 1 - start).TrimStart('0');
    }

    /// <exception cref="FormatException">It is none.</exception>
    public string Identifier()
    {
        bool isPunycode = Eat('u');
        int start = Position;
        while (char.IsAsciiDigit(Peek))
            Position++;
        // No zeros in front: "0" is the empty name.
        int digits = name[start..Position] is ['0', _, ..] ? start + 1 : Position;
        Position = digits;
        if (!int.TryParse(name.AsSpan(start, digits - start), NumberStyles.None, CultureInfo.InvariantCulture, out int length))
            throw new FormatException();
        // A name that begins with a digit or _ has a _ in front.
        Eat('_');
        if (length > name.Length - Position)
            throw new FormatException();
        string text = name.Substring(Position, length);
        Position += length;
        return isPunycode ? Punycode(text) : text;
    }

    // RFC 3492 with _ in place of -.
    private static string Punycode(string text)
    {
        const int Base = 36, Minimum = 1, Maximum = 26, Skew = 38, Damp = 700, FirstBias = 72, FirstCode = 0x80;
        int split = text.LastIndexOf('_');
        var letters = new List<Rune>();
        foreach (char c in split < 0 ? "" : text[..split])
            letters.Add(new Rune(c));
        ReadOnlySpan<char> rest = text.AsSpan(split + 1);
        if (rest.IsEmpty)
            throw new FormatException();
        long code = FirstCode, at = 0, bias = FirstBias, damp = Damp;
        for (int i = 0; i < rest.Length;)
        {
            long delta = 0, weight = 1;
            for (long k = Base; ; k += Base)
            {
                if (i >= rest.Length)
                    throw new FormatException();
                char c = rest[i++];
                int digit = char.IsAsciiLetterLower(c) ? c - 'a' : char.IsAsciiDigit(c) ? c - '0' + 26 : throw new FormatException();
                delta = checked(delta + (digit * weight));
                long threshold = Math.Clamp(k - bias, Minimum, Maximum);
                if (digit < threshold)
                    break;
                weight = checked(weight * (Base - threshold));
            }
            at = checked(at + delta);
            int count = letters.Count + 1;
            code = checked(code + (at / count));
            at %= count;
            if (code > 0x10ffff || !Rune.IsValid((int)code) || count > MostLetters)
                throw new FormatException();
            letters.Insert((int)at++, new Rune((int)code));
            delta = delta / damp;
            damp = 2;
            delta += delta / count;
            long shift = 0;
            for (; delta > (Base - Minimum) * Maximum / 2; shift += Base)
                delta /= Base - Minimum;
            bias = shift + ((Base - Minimum + 1) * delta / (delta + Skew));
        }
        return string.Concat(letters.Select(static r => r.ToString()));
    }
}
