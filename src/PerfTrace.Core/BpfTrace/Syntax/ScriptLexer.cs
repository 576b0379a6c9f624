using System.Buffers;

namespace PerfTrace.BpfTrace;

/// <summary>
/// Finds the words of a script. It has no state: a word is asked for by the place where it begins, so that a parser may look ahead, and read what is no word
/// (an attach point, a C directive) by itself.
/// </summary>
/// <param name="text">The text.</param>
/// <param name="limit">Where it ends for this lexer.</param>
internal readonly struct ScriptLexer(string text, int limit)
{
    private static readonly SearchValues<char> IdentifierCharacters = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");

    private static readonly SearchValues<char> StringSpecials = SearchValues.Create("\"\\\n\0");

    // Longer ones before those that they begin with.
    private static readonly (string Text, TokenKind Kind)[] Signs =
    [
        ("<<=", TokenKind.ShiftLeftAssign), (">>=", TokenKind.ShiftRightAssign),
        ("..", TokenKind.DotDot), ("->", TokenKind.Arrow), ("++", TokenKind.Increment), ("--", TokenKind.Decrement),
        ("&&", TokenKind.AndAnd), ("||", TokenKind.OrOr), ("==", TokenKind.EqualEqual), ("!=", TokenKind.NotEqual),
        ("<=", TokenKind.LessEqual), (">=", TokenKind.GreaterEqual), ("<<", TokenKind.ShiftLeft), (">>", TokenKind.ShiftRight),
        ("+=", TokenKind.PlusAssign), ("-=", TokenKind.MinusAssign), ("*=", TokenKind.StarAssign), ("/=", TokenKind.SlashAssign),
        ("%=", TokenKind.PercentAssign), ("&=", TokenKind.AmpersandAssign), ("|=", TokenKind.BarAssign), ("^=", TokenKind.CaretAssign),
        ("(", TokenKind.OpenParenthesis), (")", TokenKind.CloseParenthesis), ("{", TokenKind.OpenBrace), ("}", TokenKind.CloseBrace),
        ("[", TokenKind.OpenBracket), ("]", TokenKind.CloseBracket), (",", TokenKind.Comma), (";", TokenKind.Semicolon), (":", TokenKind.Colon),
        ("?", TokenKind.Question), (".", TokenKind.Dot), ("+", TokenKind.Plus), ("-", TokenKind.Minus), ("*", TokenKind.Star), ("/", TokenKind.Slash),
        ("%", TokenKind.Percent), ("&", TokenKind.Ampersand), ("|", TokenKind.Bar), ("^", TokenKind.Caret), ("~", TokenKind.Tilde), ("!", TokenKind.Not),
        ("<", TokenKind.Less), (">", TokenKind.Greater), ("=", TokenKind.Assign),
    ];

    private ReadOnlySpan<char> Rest(int at) => text.AsSpan(at, limit - at);

    /// <summary>The word that begins at or after a place.</summary>
    public Token Read(int at)
    {
        int start = SkipLayout(at, out bool isOpen);
        if (isOpen)
            return new Token(TokenKind.Bad, start, limit, "the comment has no end");
        if (start >= limit)
            return new Token(TokenKind.End, limit, limit);
        char c = text[start];
        if (char.IsAsciiLetter(c) || c == '_')
            return new Token(TokenKind.Identifier, start, EndOfName(start));
        if (char.IsAsciiDigit(c))
            return new Token(TokenKind.Integer, start, EndOfName(start));
        return c switch
        {
            '"' => ReadString(start),
            '$' => ReadVariable(start),
            '@' => new Token(TokenKind.Map, start, IsNameStart(start + 1) ? EndOfName(start + 1) : start + 1),
            _ => ReadSign(start),
        };
    }

    /// <summary>The first character that is neither white space nor comment.</summary>
    /// <param name="at">Where to begin.</param>
    /// <param name="isOpen">Whether a comment begins there that does not end.</param>
    public int SkipLayout(int at, out bool isOpen)
    {
        isOpen = false;
        while (at < limit)
        {
            char c = text[at];
            char next = at + 1 < limit ? text[at + 1] : '\0';
            if (char.IsWhiteSpace(c))
            {
                at++;
            }
            else if (c == '\\' && (next == '\n' || next == '\r'))
            {
                at += 2;
            }
            else if (c == '/' && next == '/')
            {
                int end = Rest(at).IndexOf('\n');
                at = end < 0 ? limit : at + end;
            }
            else if (c == '/' && next == '*')
            {
                int end = Rest(at + 2).IndexOf("*/");
                if (end < 0)
                {
                    isOpen = true;
                    return at;
                }
                at += end + 4;
            }
            else
            {
                break;
            }
        }
        return at;
    }

    private bool IsNameStart(int at) => at < limit && (char.IsAsciiLetter(text[at]) || text[at] == '_');

    private int EndOfName(int at)
    {
        int length = Rest(at).IndexOfAnyExcept(IdentifierCharacters);
        return length < 0 ? limit : at + length;
    }

    private Token ReadString(int start)
    {
        int at = start + 1;
        while (at < limit)
        {
            int special = Rest(at).IndexOfAny(StringSpecials);
            if (special < 0)
                break;
            at += special;
            if (text[at] == '"')
                return new Token(TokenKind.String, start, at + 1);
            int zero = text[at] == '\\' && at + 1 < limit ? at + 1 : at;
            if (text[zero] == '\0')
                return new Token(TokenKind.Bad, zero, zero + 1, "a byte of zero ends a text: it can not stand in one");
            if (text[at] == '\n' || at + 1 >= limit || text[at + 1] == '\n')
                return new Token(TokenKind.Bad, start, at, "the string has no end on its line");
            at += 2;
        }
        return new Token(TokenKind.Bad, start, limit, "the string has no end");
    }

    private Token ReadVariable(int start)
    {
        int at = start + 1;
        if (IsNameStart(at))
            return new Token(TokenKind.Variable, start, EndOfName(at));
        if (at < limit && char.IsAsciiDigit(text[at]))
            return new Token(TokenKind.Positional, start, EndOfName(at));
        return at < limit && text[at] == '#'
            ? new Token(TokenKind.PositionalCount, start, at + 1)
            : new Token(TokenKind.Bad, start, at, "a name, a number or '#' must follow '$'");
    }

    private Token ReadSign(int start)
    {
        ReadOnlySpan<char> rest = Rest(start);
        foreach ((string sign, TokenKind kind) in Signs)
        {
            if (sign[0] == rest[0] && rest.StartsWith(sign, StringComparison.Ordinal))
                return new Token(kind, start, start + sign.Length);
        }
        int length = rest.Length > 1 && char.IsSurrogatePair(rest[0], rest[1]) ? 2 : 1;
        string shown = char.IsControl(rest[0]) || char.IsSurrogate(rest[0]) && length == 1 ? $"U+{(int)rest[0]:X4}" : $"'{rest[..length]}'";
        return new Token(TokenKind.Bad, start, start + length, $"{shown} is no part of the language");
    }
}
