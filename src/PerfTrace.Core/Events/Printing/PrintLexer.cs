using System.Globalization;
using System.Text;

namespace PerfTrace.Events.Printing;

/// <summary>Splits a print format into C's tokens.</summary>
internal static class PrintLexer
{
    private static readonly string[] Symbols =
    [
        "<<=", ">>=", "...", "->", "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=",
        "(", ")", "[", "]", "{", "}", ",", ";", "?", ":", "+", "-", "*", "/", "%", "&", "|", "^", "~", "!", "<", ">", "=", ".", "#",
    ];

    /// <exception cref="PrintSyntaxException">A character that C has not, or a literal that does not end.</exception>
    public static List<Token> Split(string text)
    {
        var tokens = new List<Token>();
        int at = 0;
        while (at < text.Length)
        {
            char c = text[at];
            int start = at;
            if (char.IsWhiteSpace(c))
            {
                at++;
            }
            else if (char.IsAsciiLetter(c) || c is '_' or '$')
            {
                while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or '$'))
                    at++;
                tokens.Add(new Token(TokenKind.Identifier, text[start..at], 0, null, start, at));
            }
            else if (char.IsAsciiDigit(c))
            {
                tokens.Add(Number(text, ref at));
            }
            else if (c == '"')
            {
                string value = Literal(text, ref at, '"');
                tokens.Add(new Token(TokenKind.Text, value, 0, null, start, at));
            }
            else if (c == '\'')
            {
                string value = Literal(text, ref at, '\'');
                ulong code = value.Length == 1 ? CType.Char.Convert(value[0]) : throw new PrintSyntaxException($"the character literal {text[start..at]}");
                tokens.Add(new Token(TokenKind.Number, text[start..at], code, CType.Int, start, at));
            }
            else
            {
                string symbol = Array.Find(Symbols, s => string.CompareOrdinal(text, start, s, 0, s.Length) == 0)
                    ?? throw new PrintSyntaxException($"the character '{c}'");
                at += symbol.Length;
                tokens.Add(new Token(TokenKind.Symbol, symbol, 0, null, start, at));
            }
        }
        tokens.Add(new Token(TokenKind.End, "", 0, null, text.Length, text.Length));
        return tokens;
    }

    // C11 6.4.4.1: the first of the types that the value fits in.
    private static Token Number(string text, ref int at)
    {
        int start = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_'))
            at++;
        ReadOnlySpan<char> all = text.AsSpan(start, at - start);
        ReadOnlySpan<char> digits = all.TrimEnd("uUlL");
        ReadOnlySpan<char> suffix = all[digits.Length..];
        bool isHexadecimal = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        ulong value = 0;
        bool valid;
        bool isDecimal = false;
        if (isHexadecimal)
        {
            valid = ulong.TryParse(digits[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
        }
        else if (digits.StartsWith("0b", StringComparison.OrdinalIgnoreCase))
        {
            valid = ulong.TryParse(digits[2..], NumberStyles.AllowBinarySpecifier, CultureInfo.InvariantCulture, out value);
        }
        else if (digits.Length > 1 && digits[0] == '0')
        {
            valid = digits.Length <= 22;
            foreach (char c in digits)
            {
                valid &= c is >= '0' and <= '7';
                value = value * 8 + (ulong)(c - '0');
            }
        }
        else
        {
            isDecimal = true;
            valid = ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        }
        if (!valid)
            throw new PrintSyntaxException($"the number {all}");
        bool isUnsigned = suffix.IndexOfAny('u', 'U') >= 0;
        bool isLong = suffix.IndexOfAny('l', 'L') >= 0;
        CType type =
            !isLong && !isUnsigned && value <= int.MaxValue ? CType.Int
            : !isLong && (isUnsigned || !isDecimal) && value <= uint.MaxValue ? CType.UnsignedInt
            : !isUnsigned && value <= long.MaxValue ? CType.Long
            : CType.UnsignedLong;
        return new Token(TokenKind.Number, all.ToString(), value, type, start, at);
    }

    // C11 6.4.4.4. A byte above 127 is kept as the character U+0080..U+00FF only when it was written as an escape.
    private static string Literal(string text, ref int at, char quote)
    {
        var value = new StringBuilder();
        int start = at++;
        while (at < text.Length && text[at] != quote)
        {
            char c = text[at++];
            if (c != '\\' || at == text.Length)
            {
                value.Append(c);
                continue;
            }
            char escape = text[at++];
            switch (escape)
            {
                case 'n': value.Append('\n'); break;
                case 't': value.Append('\t'); break;
                case 'r': value.Append('\r'); break;
                case 'a': value.Append('\a'); break;
                case 'b': value.Append('\b'); break;
                case 'f': value.Append('\f'); break;
                case 'v': value.Append('\v'); break;
                case 'e': value.Append('\e'); break;
                case 'x':
                    int hexadecimal = 0;
                    while (at < text.Length && char.IsAsciiHexDigit(text[at]))
                        hexadecimal = hexadecimal * 16 + Convert.ToInt32(text[at++].ToString(), 16) & 0xff;
                    value.Append((char)hexadecimal);
                    break;
                case >= '0' and <= '7':
                    int octal = escape - '0';
                    for (int more = 0; more < 2 && at < text.Length && text[at] is >= '0' and <= '7'; more++)
                        octal = octal * 8 + text[at++] - '0';
                    value.Append((char)(octal & 0xff));
                    break;
                default: value.Append(escape); break;
            }
        }
        if (at >= text.Length)
            throw new PrintSyntaxException($"the literal at {start}, which does not end");
        at++;
        return value.ToString();
    }
}
