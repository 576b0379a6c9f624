namespace PerfTrace.Events.Printing;

/// <summary>Parses a print format: a C format string and its arguments, which are C expressions on <c>REC</c>.</summary>
internal sealed partial class PrintParser
{
    // Each level of nesting costs stack.
    private const int DeepestNesting = 200;
    private const int MostOperators = 2000;

    private static readonly string[][] Precedence =
    [
        ["||"], ["&&"], ["|"], ["^"], ["&"], ["==", "!="], ["<", ">", "<=", ">="], ["<<", ">>"], ["+", "-"], ["*", "/", "%"],
    ];

    private readonly EventFormat _format;
    private readonly string _text;
    private readonly List<Token> _tokens;
    private readonly TypeNames _types;
    private readonly List<Dictionary<string, Expression>> _scopes = [];
    private int _at;
    private int _depth;
    private int _operators;

    /// <exception cref="PrintSyntaxException">The text is not C.</exception>
    public PrintParser(EventFormat format, string text)
    {
        _format = format;
        _text = text;
        _tokens = PrintLexer.Split(text);
        _types = new TypeNames(format);
    }

    /// <summary>The number of variables that the statement expressions have.</summary>
    public int Locals { get; private set; }

    private Token Next => _tokens[_at];

    /// <summary>Parses the whole. An argument that is not understood becomes an <see cref="UnknownExpression"/>.</summary>
    /// <exception cref="PrintSyntaxException">There is no format string.</exception>
    public PieceList ParseFormat()
    {
        string format = ParseText() ?? throw new PrintSyntaxException("the format, which does not begin with a string");
        var arguments = new List<Expression>();
        while (Next.Is(","))
        {
            _at++;
            arguments.Add(ParseArgument());
        }
        if (Next.Kind != TokenKind.End)
            throw Unexpected();
        return Combine(format, arguments);
    }

    private static PieceList Combine(string format, IReadOnlyList<Expression> arguments)
    {
        var pieces = new List<PrintPiece>();
        int taken = 0, literal = 0, at = 0;
        Expression Take() => taken < arguments.Count
            ? arguments[taken++]
            : new UnknownExpression("", $"argument {++taken} of the format, which is missing");
        while (at < format.Length)
        {
            if (format[at] != '%')
            {
                at++;
                continue;
            }
            int start = at++;
            Conversion conversion = Conversion.Parse(format, ref at);
            if (conversion.Specifier == '%')
            {
                AddLiteral(format[literal..start] + "%");
                literal = at;
                continue;
            }
            AddLiteral(format[literal..start]);
            literal = at;
            Expression? width = conversion.TakesWidth ? Take() : null;
            Expression? precision = conversion.TakesPrecision ? Take() : null;
            Expression argument = Take();
            if (argument is not UnknownExpression && conversion.Specifier == 'p' && PointerFormatter.Problem(conversion.Pointer) is { } problem)
                argument = new UnknownExpression(conversion.Pointer, problem);
            pieces.Add(new ConversionPiece(conversion, width, precision, argument));
        }
        AddLiteral(format[literal..]);
        return new PieceList(pieces);

        void AddLiteral(string text)
        {
            if (text.Length == 0)
                return;
            if (pieces.Count > 0 && pieces[^1] is LiteralPiece before)
                pieces[^1] = new LiteralPiece(before.Text + text);
            else
                pieces.Add(new LiteralPiece(text));
        }
    }

    private Expression ParseArgument()
    {
        int start = _at;
        _operators = 0;
        string problem;
        try
        {
            Expression argument = ParseConditional();
            if (Next.Is(",") || Next.Kind == TokenKind.End)
                return argument;
            problem = Unexpected().Message;
        }
        catch (PrintSyntaxException e)
        {
            problem = e.Message;
        }
        _depth = 0;
        _scopes.Clear();
        _at = start;
        SkipArgument();
        return new UnknownExpression(_text[_tokens[start].Start..Math.Max(_tokens[start].Start, _tokens[Math.Max(start, _at - 1)].End)], problem);
    }

    private void SkipArgument()
    {
        for (int depth = 0; Next.Kind != TokenKind.End; _at++)
        {
            if (Next.Is("(") || Next.Is("{") || Next.Is("["))
                depth++;
            else if (Next.Is(")") || Next.Is("}") || Next.Is("]"))
                depth--;
            else if (depth <= 0 && Next.Is(","))
                return;
        }
    }

    // Neighbouring strings are one.
    private string? ParseText()
    {
        if (Next.Kind != TokenKind.Text)
            return null;
        string text = "";
        for (; Next.Kind == TokenKind.Text; _at++)
            text += Next.Text;
        return text;
    }

    private Expression ParseExpression()
    {
        Expression expression = ParseAssignment();
        while (Next.Is(","))
        {
            _at++;
            expression = new Sequence(expression, ParseAssignment());
        }
        return expression;
    }

    private Expression ParseAssignment()
    {
        Expression left = ParseConditional();
        if (!Next.Is("="))
            return left;
        _at++;
        Expression value = ParseAssignment();
        return left switch
        {
            Local local => new Assignment(local, value),
            BitsOf { IsWhole: true } bits => new Assignment(bits.Union, value),
            _ => throw new PrintSyntaxException("an assignment to what is no variable"),
        };
    }

    private Expression ParseConditional()
    {
        Deeper();
        Expression condition = ParseBinary(0);
        if (Next.Is("?"))
        {
            _at++;
            Expression? whenTrue = Next.Is(":") ? null : ParseExpression();
            Require(":");
            condition = new Conditional(condition, whenTrue, ParseConditional());
        }
        _depth--;
        return condition;
    }

    private Expression ParseBinary(int level)
    {
        if (level == Precedence.Length)
            return ParseUnary();
        Expression left = ParseBinary(level + 1);
        while (Next.Kind == TokenKind.Symbol && Array.IndexOf(Precedence[level], Next.Text) >= 0)
        {
            string symbol = Next.Text;
            _at++;
            Expression right = ParseBinary(level + 1);
            if (level >= 2)
                Require(left, right, symbol);
            left = level < 2 ? new Logical(symbol == "&&", left, right) : Folded(new Binary(symbol, left, right));
            CountOperator();
        }
        return left;
    }

    // Macros expand to long sums of constants.
    private static Expression Folded(Expression expression)
    {
        if (!expression.Type.IsInteger || !expression.Parts.All(static p => p is Constant))
            return expression;
        var context = new EvaluationContext([], PrintEnvironment.Empty, new ByteText(), 0);
        return new Constant(expression.Evaluate(ref context).Bits, expression.Type);
    }

    // Evaluation nests as deep as the tree is, and a chain of operators leans to the left.
    private void CountOperator()
    {
        if (++_operators > MostOperators)
            throw new PrintSyntaxException($"more than {MostOperators} operators");
    }

    private static void Require(Expression left, Expression right, string symbol)
    {
        bool areNumbers = left.Type.IsInteger && right.Type.IsInteger;
        bool areAddresses = (left.Type.IsAddress || right.Type.IsAddress) && symbol is "+" or "-" or "==" or "!=" or "<" or ">" or "<=" or ">=";
        if (!areNumbers && !areAddresses || left.Type.Kind is CTypeKind.Aggregate or CTypeKind.Void || right.Type.Kind is CTypeKind.Aggregate or CTypeKind.Void)
            throw new PrintSyntaxException($"the operator {symbol} on what is no number");
    }

    private Expression ParseUnary()
    {
        Deeper();
        Expression result = ParsePrefix();
        _depth--;
        return result;
    }

    private Expression ParsePrefix()
    {
        if (Next.Kind == TokenKind.Symbol)
        {
            switch (Next.Text)
            {
                case "+" or "-" or "~" or "!":
                    string symbol = Next.Text;
                    _at++;
                    Expression operand = ParseUnary();
                    if (operand.Type.Kind is CTypeKind.Aggregate or CTypeKind.Void || symbol != "!" && !operand.Type.IsInteger)
                        throw new PrintSyntaxException($"the operator {symbol} on what is no number");
                    return new Unary(symbol, operand);
                case "*":
                    _at++;
                    return Dereference.At(ParseUnary());
                case "&":
                    _at++;
                    return ParseUnary().Address;
                case "(" when BeginsType(_at + 1):
                    _at++;
                    CType type = ParseTypeName();
                    Require(")");
                    Expression value = ParseUnary();
                    return type.Kind == CTypeKind.Aggregate ? throw new PrintSyntaxException($"a cast to {type.Name}") : new Cast(type, value);
            }
        }
        else if (Next.IsName("sizeof"))
        {
            _at++;
            if (Next.Is("(") && BeginsType(_at + 1))
            {
                _at++;
                CType type = ParseTypeName();
                Require(")");
                return Size(type);
            }
            return Size(ParseUnary().Type);
        }
        return ParsePostfix(ParsePrimary());
    }

    private static Constant Size(CType type) => type.Size > 0
        ? new Constant((ulong)type.Size, CType.UnsignedLong)
        : throw new PrintSyntaxException($"the size of {type.Name ?? "a type"}");

    private Expression ParsePostfix(Expression expression)
    {
        while (Next.Kind == TokenKind.Symbol)
        {
            switch (Next.Text)
            {
                case "[":
                    _at++;
                    Expression index = ParseExpression();
                    Require("]");
                    expression = expression is TextList list ? new TextListItem(list, index)
                        : expression.Type.IsAddress && index.Type.IsInteger ? Dereference.At(new Binary("+", expression, index))
                        : throw new PrintSyntaxException("an index into what is no array");
                    break;
                case "->" or ".":
                    bool throughPointer = Next.Text == "->";
                    _at++;
                    expression = ParseMember(expression, throughPointer, Identifier());
                    break;
                default:
                    return expression;
            }
            CountOperator();
        }
        return expression;
    }

    private Expression ParseMember(Expression expression, bool throughPointer, string name)
    {
        if (throughPointer && expression is RecordPointer)
            return RecordMember(name);
        if (expression is Local { Type.Kind: CTypeKind.Aggregate } local && !throughPointer)
        {
            (int offset, int bits, CType memberType) = FindMember(local.Type, name);
            return new BitsOf(local, offset, bits == 0 ? memberType.Size * 8 : bits, memberType);
        }
        CType? aggregate = throughPointer ? expression.Type.Element : expression.Type;
        if (aggregate is not { Kind: CTypeKind.Aggregate })
            throw new PrintSyntaxException($"the member {name} of what is no structure");
        (int bitOffset, int bitSize, CType type) = FindMember(aggregate, name);
        Expression address = throughPointer ? expression : expression.Address;
        if (bitSize == 0)
            return new Member(address, bitOffset / 8, 0, 0, type);
        int unit = bitOffset / (type.Size * 8);
        return new Member(address, unit * type.Size, bitOffset - unit * type.Size * 8, bitSize, type);
    }

    private static (int BitOffset, int BitSize, CType Type) FindMember(CType aggregate, string name) =>
        KernelTypes.Running.FindMember(aggregate.Name ?? "", name) ?? throw new PrintSyntaxException($"the member {name} of {aggregate.Name ?? "a structure"}");

    private Expression RecordMember(string name)
    {
        // __event_in_irq() is REC->ent.flags.
        if (name == "ent" && Next.Is("."))
        {
            _at++;
            name = "common_" + Identifier();
        }
        foreach (string prefix in new[] { "__data_loc_", "__rel_loc_" })
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal))
                name = name[prefix.Length..];
        }
        EventField field = FindField(name);
        return new FieldValue(field, _types.OfField(field));
    }

    private EventField FindField(string name) =>
        _format.Fields.FirstOrDefault(f => f.Name == name) ?? _format.CommonFields.FirstOrDefault(f => f.Name == name)
        ?? throw new PrintSyntaxException($"REC->{name}, which is no field");

    private void Deeper()
    {
        if (++_depth > DeepestNesting)
            throw new PrintSyntaxException("expressions that are nested too deep");
    }

    private string Identifier()
    {
        if (Next.Kind != TokenKind.Identifier)
            throw Unexpected();
        return _tokens[_at++].Text;
    }

    private void Require(string symbol)
    {
        if (!Next.Is(symbol))
            throw Unexpected();
        _at++;
    }

    private PrintSyntaxException Unexpected() =>
        new(Next.Kind == TokenKind.End ? "the end of the format, too early" : $"'{_text[Next.Start..Next.End]}' at {Next.Start}");
}
