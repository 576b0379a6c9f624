namespace PerfTrace.Events.Printing;

internal enum TokenKind
{
    End,
    Identifier,
    Number,
    Text,
    Symbol,
}

/// <param name="Kind">What it is.</param>
/// <param name="Text">Name or symbol; of a string literal its value.</param>
/// <param name="Number">Of a number or character.</param>
/// <param name="Type">Of a number or character.</param>
/// <param name="Start">Where it begins.</param>
/// <param name="End">Where it has ended.</param>
internal readonly record struct Token(TokenKind Kind, string Text, ulong Number, CType? Type, int Start, int End)
{
    public bool Is(string symbol) => Kind == TokenKind.Symbol && Text == symbol;

    public bool IsName(string name) => Kind == TokenKind.Identifier && Text == name;
}
