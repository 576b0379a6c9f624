namespace PerfTrace.BpfTrace;

internal enum TokenKind
{
    End, Bad, Identifier, Integer, String, Variable, Map, Positional, PositionalCount,
    OpenParenthesis, CloseParenthesis, OpenBrace, CloseBrace, OpenBracket, CloseBracket,
    Comma, Semicolon, Colon, Question, Dot, DotDot, Arrow, Increment, Decrement,
    Plus, Minus, Star, Slash, Percent, Ampersand, Bar, Caret, Tilde, Not,
    AndAnd, OrOr, EqualEqual, NotEqual, Less, Greater, LessEqual, GreaterEqual, ShiftLeft, ShiftRight,
    Assign, PlusAssign, MinusAssign, StarAssign, SlashAssign, PercentAssign, AmpersandAssign, BarAssign, CaretAssign, ShiftLeftAssign, ShiftRightAssign,
}

/// <summary>A word of a script.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Its first character.</param>
/// <param name="End">The one behind it.</param>
/// <param name="Problem">What is wrong with a bad one.</param>
internal readonly record struct Token(TokenKind Kind, int Start, int End, string? Problem = null);
