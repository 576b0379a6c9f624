namespace PerfTrace.BpfTrace;

internal sealed partial class ScriptParser
{
    // A block that can not have a value.
    private BlockExpression ParseBody() => (BlockExpression)WithoutValue(ParseBlock());

    private BlockExpression ParseBlock()
    {
        bool wasPredicate = isPredicate;
        isPredicate = false;
        Enter();
        int start = Expect(TokenKind.OpenBrace, "'{'").Start;
        var statements = new List<Statement>();
        Expression? value = null;
        while (current.Kind != TokenKind.CloseBrace)
        {
            Statement statement = ParseStatement();
            if (statement is not ExpressionStatement { Expression: var expression })
                statements.Add(statement);
            else if (current.Kind == TokenKind.CloseBrace && source.Text[lastEnd - 1] != ';')
                value = expression; // what stands last and without a semicolon is the value of the block
            else
                statements.Add(new ExpressionStatement(statement.Span, WithoutValue(expression)));
        }
        Advance();
        Leave();
        isPredicate = wasPredicate;
        return Made(new BlockExpression(SpanFrom(start), statements, value));
    }

    /// <summary>The same without the values of its blocks, which become statements: what a statement does with them is nothing.</summary>
    internal static Expression WithoutValue(Expression expression) => expression switch
    {
        BlockExpression { Value: { } value } block =>
            new BlockExpression(block.Span, [.. block.Statements, new ExpressionStatement(value.Span, WithoutValue(value))]),
        IfExpression { Then: BlockExpression then } choice =>
            new IfExpression(choice.Span, choice.Condition, WithoutValue(then), choice.Else is null ? null : WithoutValue(choice.Else)),
        _ => expression,
    };

    private Statement ParseStatement()
    {
        int start = current.Start;
        if (current.Kind == TokenKind.Identifier)
        {
            switch (source.Text.AsSpan(start, current.End - start))
            {
                case "let": return ParseLet();
                case "while": return ParseWhile();
                case "unroll": return ParseUnroll();
                case "for": return ParseFor();
                case "break": return ParseJump(JumpKind.Break);
                case "continue": return ParseJump(JumpKind.Continue);
                case "return": return ParseJump(JumpKind.Return);
                case "if": return ParseBlockStatement();
                case "import": throw Error(CurrentSpan, "an import inside of a block", "imports stand before the probes");
                case "_" when Next().Kind == TokenKind.Assign:
                    Advance();
                    Advance();
                    Expression discarded = ParseExpression();
                    EndStatement();
                    return new DiscardStatement(SpanFrom(start), discarded);
            }
        }
        if (current.Kind == TokenKind.OpenBrace)
            return ParseBlockStatement();
        Expression expression = ParseExpression();
        if (AssignmentOf(current.Kind) is { } assignment)
            return ParseAssignment(expression, assignment.Operator);
        SourceSpan span = SpanFrom(start);
        EndStatement();
        return new ExpressionStatement(span, expression);
    }

    // "if" and "{" begin a statement that needs no semicolon.
    private ExpressionStatement ParseBlockStatement()
    {
        int start = current.Start;
        Expression expression = ParsePrimary();
        SourceSpan span = SpanFrom(start);
        Take(TokenKind.Semicolon);
        return new ExpressionStatement(span, expression);
    }

    private void EndStatement()
    {
        if (!Take(TokenKind.Semicolon) && current.Kind != TokenKind.CloseBrace)
            throw Unexpected("';' or '}'");
    }

    private static (BinaryOperator? Operator, bool Found)? AssignmentOf(TokenKind kind) => kind switch
    {
        TokenKind.Assign => (null, true),
        TokenKind.PlusAssign => (BinaryOperator.Add, true),
        TokenKind.MinusAssign => (BinaryOperator.Subtract, true),
        TokenKind.StarAssign => (BinaryOperator.Multiply, true),
        TokenKind.SlashAssign => (BinaryOperator.Divide, true),
        TokenKind.PercentAssign => (BinaryOperator.Modulo, true),
        TokenKind.AmpersandAssign => (BinaryOperator.BitwiseAnd, true),
        TokenKind.BarAssign => (BinaryOperator.BitwiseOr, true),
        TokenKind.CaretAssign => (BinaryOperator.BitwiseXor, true),
        TokenKind.ShiftLeftAssign => (BinaryOperator.ShiftLeft, true),
        TokenKind.ShiftRightAssign => (BinaryOperator.ShiftRight, true),
        _ => null,
    };

    private AssignStatement ParseAssignment(Expression target, BinaryOperator? operation)
    {
        if (target is TupleAccess or FieldAccess)
            throw Error(target.Span, "the parts of a tuple, a record or a struct can not be assigned", "make a new value and assign that");
        if (target is not (ScratchVariable or MapExpression or MapAccess))
            throw Error(target.Span, "only variables and maps can be assigned");
        Advance();
        Expression value = ParseExpression();
        SourceSpan span = target.Span.To(value.Span);
        EndStatement();
        return new AssignStatement(span, target, operation, value);
    }

    private LetStatement ParseLet()
    {
        int start = Advance().Start;
        Token name = Expect(TokenKind.Variable, "a variable ($x)");
        TypeSyntax? type = Take(TokenKind.Colon) ? ParseType() : null;
        Expression? value = Take(TokenKind.Assign) ? ParseExpression() : null;
        SourceSpan span = SpanFrom(start);
        EndStatement();
        return new LetStatement(span, new ScratchVariable(Span(name), Text(name)), type, value);
    }

    private JumpStatement ParseJump(JumpKind kind)
    {
        int start = Advance().Start;
        Expression? value = kind == JumpKind.Return && current.Kind is not (TokenKind.Semicolon or TokenKind.CloseBrace) ? ParseExpression() : null;
        SourceSpan span = SpanFrom(start);
        EndStatement();
        return new JumpStatement(span, kind, value);
    }

    private WhileStatement ParseWhile()
    {
        int start = Advance().Start;
        Expression condition = ParseCondition();
        SourceSpan span = SpanFrom(start);
        return new WhileStatement(span, condition, ParseBody());
    }

    private UnrollStatement ParseUnroll()
    {
        int start = Advance().Start;
        Expression count = ParseCondition();
        SourceSpan span = SpanFrom(start);
        return new UnrollStatement(span, count, ParseBody());
    }

    // In parentheses or without: what they hold is neither tuple nor cast.
    private Expression ParseCondition()
    {
        if (!Take(TokenKind.OpenParenthesis))
            return ParseExpression();
        Expression condition = ParseExpression();
        Expect(TokenKind.CloseParenthesis, "')'");
        return condition;
    }

    private Statement ParseFor()
    {
        int start = Advance().Start;
        bool isParenthesized = Take(TokenKind.OpenParenthesis);
        Token name = Expect(TokenKind.Variable, "a variable ($x)");
        var variable = new ScratchVariable(Span(name), Text(name));
        Expect(TokenKind.Colon, "':'");
        Expression from = ParseUnary();
        Expression? to = Take(TokenKind.DotDot) ? ParseUnary() : null;
        if (isParenthesized)
            Expect(TokenKind.CloseParenthesis, to is null ? "'..' or ')'" : "')'");
        SourceSpan span = SpanFrom(start);
        if (to is not null)
            return new ForRangeStatement(span, variable, from, to, ParseBody());
        return from switch
        {
            MapExpression map => new ForMapStatement(span, variable, map, ParseBody()),
            MapAccess access => throw Error(access.Span, "a loop goes over a whole map, not over a value in it", $"write {access.Map.Name} without keys"),
            _ => throw Error(from.Span, "a map (@x) or a range (0..10) expected"),
        };
    }
}
