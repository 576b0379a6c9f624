using System.Globalization;
using System.Text;

namespace PerfTrace.Symbols;

/// <summary>
/// Names of Rust compilers before v0: a nested C++ name whose last part is <c>h</c> and 16 hexadecimal digits, with what C++ does not allow written as
/// <c>$LT$</c>, <c>$u20$</c> and <c>..</c> (rustc's legacy symbol mangling).
/// </summary>
internal static class RustLegacyName
{
    private const string Begin = "_ZN";
    private const int HashLength = 17;

    private static readonly (string Escape, string Text)[] s_escapes =
        [("$SP$", "@"), ("$BP$", "*"), ("$RF$", "&"), ("$LT$", "<"), ("$GT$", ">"), ("$LP$", "("), ("$RP$", ")"), ("$C$", ",")];

    /// <summary>The path without its hash; null when it is no such name.</summary>
    public static string? Demangle(string name)
    {
        if (!name.StartsWith(Begin, StringComparison.Ordinal))
            return null;
        var parts = new List<string>();
        int at = Begin.Length;
        while (at < name.Length && char.IsAsciiDigit(name[at]))
        {
            int digits = at;
            while (at < name.Length && char.IsAsciiDigit(name[at]))
                at++;
            if (at - digits > 5 || !int.TryParse(name.AsSpan(digits, at - digits), NumberStyles.None, CultureInfo.InvariantCulture, out int length) || length > name.Length - at)
                return null;
            parts.Add(name.Substring(at, length));
            at += length;
        }
        // Behind the E may be what the code generator appended: .llvm.1234, .cold.
        if (at >= name.Length || name[at] != 'E' || (at + 1 < name.Length && name[at + 1] is not ('.' or '@')) || parts.Count < 2 || !IsHash(parts[^1]))
            return null;
        var text = new StringBuilder(name.Length);
        for (int i = 0; i < parts.Count - 1; i++)
        {
            if (i > 0)
                text.Append("::");
            if (!Append(text, parts[i]))
                return null;
        }
        return text.ToString();
    }

    // Chance does not repeat digits this often; a C++ name of that form is not taken for one of Rust.
    private static bool IsHash(string part)
    {
        if (part.Length != HashLength || part[0] != 'h')
            return false;
        int seen = 0;
        foreach (char c in part.AsSpan(1))
        {
            if (!char.IsAsciiHexDigitLower(c))
                return false;
            seen |= 1 << (char.IsAsciiDigit(c) ? c - '0' : c - 'a' + 10);
        }
        return int.PopCount(seen) >= 5;
    }

    private static bool Append(StringBuilder text, string part)
    {
        // An identifier does not begin with $, so the compiler puts _ in front.
        ReadOnlySpan<char> rest = part.StartsWith("_$", StringComparison.Ordinal) ? part.AsSpan(1) : part;
        while (!rest.IsEmpty)
        {
            if (rest[0] == '.')
            {
                bool isPath = rest.StartsWith("..");
                text.Append(isPath ? "::" : ".");
                rest = rest[(isPath ? 2 : 1)..];
            }
            else if (rest[0] == '$')
            {
                int end = rest[1..].IndexOf('$');
                if (end < 0 || !Unescape(text, rest[..(end + 2)]))
                    return false;
                rest = rest[(end + 2)..];
            }
            else
            {
                int plain = rest.IndexOfAny('.', '$');
                plain = plain < 0 ? rest.Length : plain;
                text.Append(rest[..plain]);
                rest = rest[plain..];
            }
        }
        return true;
    }

    private static bool Unescape(StringBuilder text, ReadOnlySpan<char> escape)
    {
        foreach ((string known, string meaning) in s_escapes)
        {
            if (!escape.SequenceEqual(known))
                continue;
            text.Append(meaning);
            return true;
        }
        // $u7e$ is a code point; control characters would spoil a terminal.
        if (escape.Length is < 4 or > 9 || escape[1] != 'u'
            || !uint.TryParse(escape[2..^1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint code) || !Rune.IsValid(code) || Rune.IsControl(new Rune(code)))
        {
            return false;
        }
        text.Append(new Rune(code).ToString());
        return true;
    }
}
