namespace PerfTrace.BpfTrace;

internal sealed partial class ScriptParser
{
    // Where only a type can stand: of a declaration, a parameter.
    private TypeSyntax ParseType()
    {
        if (IsWord("typeof") && Next().Kind == TokenKind.OpenParenthesis)
        {
            Enter();
            int start = Advance().Start;
            Advance();
            TypeSyntax operand = ParseTypeOperand();
            Expect(TokenKind.CloseParenthesis, "')'");
            Leave();
            return operand is TypeofSyntax of ? new TypeofSyntax(SpanFrom(start), of.Operand) : operand;
        }
        return TryParseType(out string? missing) ?? throw Unexpected(missing!);
    }

    // The operand of sizeof, offsetof and typeof: a type when it can be one, or an expression whose type is meant.
    private TypeSyntax ParseTypeOperand()
    {
        (Token, int) before = (current, lastEnd);
        if (IsWord("typeof") && Next().Kind == TokenKind.OpenParenthesis)
            return ParseType();
        if (current.Kind == TokenKind.Identifier && BuiltinVariable.Find(Text(current)) is null
            && TryParseType(out _) is { } type && current.Kind is TokenKind.CloseParenthesis or TokenKind.Comma)
            return type;
        (current, lastEnd) = before;
        Expression operand = ParseInside();
        return new TypeofSyntax(operand.Span, operand);
    }

    /// <summary>"name", "struct name", and any pointers and arrays of it; null when the words are no type, and what was missed.</summary>
    private TypeSyntax? TryParseType(out string? missing)
    {
        missing = "a type";
        if (current.Kind != TokenKind.Identifier)
            return null;
        Token name = Advance();
        TypeSyntax type;
        if (TagOf(name) is { } tag)
        {
            if (current.Kind != TokenKind.Identifier)
            {
                missing = $"the name of the {Text(name)}";
                return null;
            }
            Token tagged = Advance();
            type = new TaggedTypeSyntax(SpanFrom(name.Start), tag, Text(tagged));
        }
        else
        {
            type = new NamedTypeSyntax(Span(name), Text(name));
        }
        while (current.Kind is TokenKind.Star or TokenKind.OpenBracket)
        {
            if (Advance().Kind == TokenKind.Star)
            {
                type = Made(new PointerTypeSyntax(SpanFrom(name.Start), type));
                continue;
            }
            ulong? length = current.Kind == TokenKind.Integer ? ValueOf(Advance()) : null;
            if (!Take(TokenKind.CloseBracket))
            {
                missing = length is null ? "a number or ']'" : "']'";
                return null;
            }
            type = Made(new ArrayTypeSyntax(SpanFrom(name.Start), type, length));
        }
        return type;
    }

    private TypeTag? TagOf(Token token) =>
        IsWord(token, "struct") ? TypeTag.Struct : IsWord(token, "union") ? TypeTag.Union : IsWord(token, "enum") ? TypeTag.Enum : null;

    // Behind "(": a type, ")" and what can begin an expression. A name alone is then a type unless it is a builtin.
    private CastExpression? TryParseCast(int start)
    {
        (Token, int) before = (current, lastEnd);
        if (current.Kind == TokenKind.Identifier && BuiltinVariable.Find(Text(current)) is null)
        {
            // What stands in typeof may be long and hold the like: it is read once, so it must be a type here.
            bool isTypeof = IsWord("typeof") && Next().Kind == TokenKind.OpenParenthesis;
            TypeSyntax? type = isTypeof ? ParseType() : TryParseType(out _);
            if (isTypeof && current.Kind != TokenKind.CloseParenthesis)
                throw Unexpected("')'");
            if (type is not null && Take(TokenKind.CloseParenthesis) && (isTypeof || CanBeginExpression()))
            {
                Enter();
                Expression operand = ParseUnary();
                Leave();
                return new CastExpression(SpanFrom(start), type, operand);
            }
        }
        (current, lastEnd) = before;
        return null;
    }

    private bool CanBeginExpression() =>
        current.Kind is TokenKind.Identifier or TokenKind.Integer or TokenKind.String or TokenKind.Variable or TokenKind.Map or TokenKind.Positional
            or TokenKind.PositionalCount or TokenKind.OpenParenthesis or TokenKind.Minus or TokenKind.Not or TokenKind.Tilde or TokenKind.Star
            or TokenKind.Ampersand or TokenKind.Increment or TokenKind.Decrement;

    private SizeofExpression ParseSizeof()
    {
        int start = Advance().Start;
        Expect(TokenKind.OpenParenthesis, "'('");
        TypeSyntax operand = ParseTypeOperand();
        Expect(TokenKind.CloseParenthesis, "')'");
        return new SizeofExpression(SpanFrom(start), operand);
    }

    private TypeinfoExpression ParseTypeinfo()
    {
        int start = Advance().Start;
        Expect(TokenKind.OpenParenthesis, "'('");
        TypeSyntax operand = ParseTypeOperand();
        Expect(TokenKind.CloseParenthesis, "')'");
        return new TypeinfoExpression(SpanFrom(start), operand);
    }

    private OffsetofExpression ParseOffsetof()
    {
        int start = Advance().Start;
        Expect(TokenKind.OpenParenthesis, "'('");
        TypeSyntax operand = ParseTypeOperand();
        Expect(TokenKind.Comma, "','");
        var fields = new List<string>();
        do
            fields.Add(Text(Expect(TokenKind.Identifier, "the name of a field")));
        while (Take(TokenKind.Dot));
        Expect(TokenKind.CloseParenthesis, "'.' or ')'");
        return new OffsetofExpression(SpanFrom(start), operand, fields);
    }
}
