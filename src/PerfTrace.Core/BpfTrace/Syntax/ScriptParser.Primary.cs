using System.Globalization;

namespace PerfTrace.BpfTrace;

// What stands between operators: literals, names, calls, and all kinds of brackets.
internal sealed partial class ScriptParser
{
    private Expression ParsePrimary()
    {
        int start = current.Start;
        switch (current.Kind)
        {
            case TokenKind.OpenParenthesis:
                return ParseParenthesized();
            case TokenKind.OpenBrace:
                return ParseBlock();
            case TokenKind.Integer:
                Token number = Advance();
                return new IntegerLiteral(Span(number), ValueOf(number), false, Text(number));
            case TokenKind.String:
                Token text = Advance();
                return new StringLiteral(Span(text), BytesOf(text));
            case TokenKind.Variable:
                Token variable = Advance();
                return new ScratchVariable(Span(variable), Text(variable));
            case TokenKind.Map:
                return ParseMap();
            case TokenKind.Positional:
                return ParsePositional();
            case TokenKind.PositionalCount:
                return new PositionalCount(Span(Advance()));
            case TokenKind.Identifier:
                break;
            default:
                throw Unexpected("an expression");
        }
        return source.Text.AsSpan(start, current.End - start) switch
        {
            "true" => new BooleanLiteral(Span(Advance()), true),
            "false" => new BooleanLiteral(Span(Advance()), false),
            "if" => ParseIf(),
            "comptime" => ParseComptime(),
            "sizeof" => ParseSizeof(),
            "offsetof" => ParseOffsetof(),
            "typeinfo" => ParseTypeinfo(),
            _ => ParseName(),
        };
    }

    // A chain of "else if" is read without nesting.
    private Expression ParseIf()
    {
        var branches = new List<(int Start, Expression Condition, Expression Then)>();
        Expression? last = null;
        do
        {
            int start = Advance().Start;
            Expression condition = ParseCondition();
            branches.Add((start, condition, ParseBlock()));
            if (!TakeWord("else"))
                break;
            if (current.Kind == TokenKind.OpenBrace)
                last = ParseBlock();
            else if (!IsWord("if"))
                throw Unexpected("'{' or 'if'");
        }
        while (last is null);
        SourceSpan end = SpanFrom(branches[^1].Start);
        for (int i = branches.Count - 1; i >= 0; i--)
            last = Made(new IfExpression(source.Span(branches[i].Start, end.End), branches[i].Condition, branches[i].Then, last));
        return last!;
    }

    private ComptimeExpression ParseComptime()
    {
        Enter();
        int start = Advance().Start;
        Expression operand = ParseUnary();
        Leave();
        return new ComptimeExpression(SpanFrom(start), operand);
    }

    private Expression ParseMap()
    {
        Token token = Advance();
        var map = new MapExpression(Span(token), Text(token));
        if (!Take(TokenKind.OpenBracket))
            return map;
        int first = current.Start;
        var keys = new List<Expression> { ParseInside() };
        while (Take(TokenKind.Comma))
            keys.Add(ParseInside());
        Expression key = keys.Count == 1 ? keys[0] : new TupleExpression(SpanFrom(first), keys);
        Expect(TokenKind.CloseBracket, "',' or ']'");
        return Made(new MapAccess(SpanFrom(token.Start), map, key));
    }

    private PositionalParameter ParsePositional()
    {
        Token token = Advance();
        ReadOnlySpan<char> digits = source.Text.AsSpan(token.Start + 1, token.End - token.Start - 1);
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index > 0
            ? new PositionalParameter(Span(token), index)
            : throw Error(Span(token), $"'{Shown(token)}' is no parameter", "they are counted from $1");
    }

    private Expression ParseName()
    {
        Token name = Advance();
        if (!Take(TokenKind.OpenParenthesis))
            return new IdentifierExpression(Span(name), Text(name));
        var arguments = new List<Expression>();
        if (current.Kind != TokenKind.CloseParenthesis)
        {
            do
            {
                int start = current.Start;
                arguments.Add(IsWord("typeof") ? ParseTypeArgument(start) : ParseInside());
            }
            while (Take(TokenKind.Comma));
        }
        Expect(TokenKind.CloseParenthesis, "',' or ')'");
        return new CallExpression(SpanFrom(name.Start), Text(name), arguments);
    }

    private TypeArgument ParseTypeArgument(int start)
    {
        TypeSyntax type = ParseType();
        return new TypeArgument(SpanFrom(start), type);
    }

    // "()", "(a = 1, b = 2)", "(type)x", "(a, b)", "(a)".
    private Expression ParseParenthesized()
    {
        int start = Advance().Start;
        bool wasPredicate = isPredicate;
        isPredicate = false;
        Expression parsed =
            Take(TokenKind.CloseParenthesis) ? new TupleExpression(SpanFrom(start), [])
            : current.Kind == TokenKind.Identifier && Next().Kind == TokenKind.Assign ? ParseRecord(start)
            : TryParseCast(start) ?? ParseTuple(start);
        isPredicate = wasPredicate;
        return Made(parsed);
    }

    private RecordExpression ParseRecord(int start)
    {
        var elements = new List<RecordElement>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        do
        {
            Token name = Expect(TokenKind.Identifier, "the name of an element");
            Expect(TokenKind.Assign, "'='");
            Expression value = ParseExpression();
            if (!names.Add(Text(name)))
                throw Error(Span(name), $"a second element '{Text(name)}'");
            elements.Add(new RecordElement(SpanFrom(name.Start), Text(name), value));
        }
        while (Take(TokenKind.Comma));
        Expect(TokenKind.CloseParenthesis, "',' or ')'");
        return new RecordExpression(SpanFrom(start), elements);
    }

    private Expression ParseTuple(int start)
    {
        var elements = new List<Expression> { ParseExpression() };
        if (Take(TokenKind.CloseParenthesis))
            return elements[0];
        while (Take(TokenKind.Comma) && current.Kind != TokenKind.CloseParenthesis)
            elements.Add(ParseExpression());
        Expect(TokenKind.CloseParenthesis, "',' or ')'");
        return new TupleExpression(SpanFrom(start), elements);
    }

    private ulong ValueOf(Token token) =>
        IntegerText.Parse(source.Text.AsSpan(token.Start, token.End - token.Start), out string? problem) ?? throw Error(Span(token), problem!);

    private byte[] BytesOf(Token token)
    {
        byte[] bytes = StringText.Decode(source.Text.AsSpan(token.Start + 1, token.End - token.Start - 2), out int at, out int length, out string? problem);
        return problem is null ? bytes : throw Error(source.Span(token.Start + 1 + at, token.Start + 1 + at + length), problem);
    }

    private string StringOf(Token token) => System.Text.Encoding.UTF8.GetString(BytesOf(token));
}
