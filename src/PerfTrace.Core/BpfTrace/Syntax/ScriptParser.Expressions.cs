using System.Globalization;

namespace PerfTrace.BpfTrace;

internal sealed partial class ScriptParser
{
    // "a ? b : c" binds weaker than all binary operators; "a ? b : c ? d : e" is a choice in the last part, read without nesting.
    private Expression ParseExpression()
    {
        Enter();
        var choices = new List<(Expression Condition, Expression? Then)>();
        Expression last = ParseBinary(0);
        while (Take(TokenKind.Question))
        {
            Expression? then = current.Kind == TokenKind.Colon ? null : ParseExpression();
            Expect(TokenKind.Colon, "':'");
            choices.Add((last, then));
            last = ParseBinary(0);
        }
        for (int i = choices.Count - 1; i >= 0; i--)
            last = Made(new IfExpression(choices[i].Condition.Span.To(last.Span), choices[i].Condition, choices[i].Then, last));
        Leave();
        return last;
    }

    // Operators of one level and the higher ones: a row of them grows to the left in a loop.
    private Expression ParseBinary(int level)
    {
        Expression left = ParseUnary();
        while (BinaryOf(current.Kind) is { } operation && LevelOf(operation) >= level && !IsEndOfPredicate())
        {
            Advance();
            Expression right = ParseBinary(LevelOf(operation) + 1);
            left = Made(new BinaryExpression(left.Span.To(right.Span), left, operation, right));
        }
        return left;
    }

    // A slash before a brace ends a predicate: "/ pid / {".
    private bool IsEndOfPredicate() => isPredicate && current.Kind == TokenKind.Slash && Next().Kind == TokenKind.OpenBrace;

    internal static int LevelOf(BinaryOperator operation) => operation switch
    {
        BinaryOperator.LogicalOr => 1,
        BinaryOperator.LogicalAnd => 2,
        BinaryOperator.BitwiseOr => 3,
        BinaryOperator.BitwiseXor => 4,
        BinaryOperator.BitwiseAnd => 5,
        BinaryOperator.Equal or BinaryOperator.NotEqual => 6,
        BinaryOperator.Less or BinaryOperator.LessOrEqual or BinaryOperator.Greater or BinaryOperator.GreaterOrEqual => 7,
        BinaryOperator.ShiftLeft or BinaryOperator.ShiftRight => 8,
        BinaryOperator.Add or BinaryOperator.Subtract => 9,
        _ => 10,
    };

    private static BinaryOperator? BinaryOf(TokenKind kind) => kind switch
    {
        TokenKind.OrOr => BinaryOperator.LogicalOr,
        TokenKind.AndAnd => BinaryOperator.LogicalAnd,
        TokenKind.Bar => BinaryOperator.BitwiseOr,
        TokenKind.Caret => BinaryOperator.BitwiseXor,
        TokenKind.Ampersand => BinaryOperator.BitwiseAnd,
        TokenKind.EqualEqual => BinaryOperator.Equal,
        TokenKind.NotEqual => BinaryOperator.NotEqual,
        TokenKind.Less => BinaryOperator.Less,
        TokenKind.LessEqual => BinaryOperator.LessOrEqual,
        TokenKind.Greater => BinaryOperator.Greater,
        TokenKind.GreaterEqual => BinaryOperator.GreaterOrEqual,
        TokenKind.ShiftLeft => BinaryOperator.ShiftLeft,
        TokenKind.ShiftRight => BinaryOperator.ShiftRight,
        TokenKind.Plus => BinaryOperator.Add,
        TokenKind.Minus => BinaryOperator.Subtract,
        TokenKind.Star => BinaryOperator.Multiply,
        TokenKind.Slash => BinaryOperator.Divide,
        TokenKind.Percent => BinaryOperator.Modulo,
        _ => null,
    };

    private Expression ParseUnary()
    {
        UnaryOperator? operation = current.Kind switch
        {
            TokenKind.Minus => UnaryOperator.Negate,
            TokenKind.Not => UnaryOperator.LogicalNot,
            TokenKind.Tilde => UnaryOperator.Complement,
            TokenKind.Star => UnaryOperator.Dereference,
            TokenKind.Ampersand => UnaryOperator.AddressOf,
            TokenKind.Increment => UnaryOperator.PreIncrement,
            TokenKind.Decrement => UnaryOperator.PreDecrement,
            _ => null,
        };
        if (operation is not { } prefix)
            return ParsePostfix(ParsePrimary());
        Enter();
        int start = Advance().Start;
        Expression operand = ParseUnary();
        Leave();
        switch (prefix)
        {
            case UnaryOperator.AddressOf when operand is not (ScratchVariable or MapExpression):
                throw Error(SpanFrom(start), "only variables and whole maps have an address");
            case UnaryOperator.PreIncrement or UnaryOperator.PreDecrement:
                RequireVariable(operand, SpanFrom(start));
                break;
        }
        return Made(new UnaryExpression(SpanFrom(start), prefix, operand));
    }

    private static void RequireVariable(Expression operand, SourceSpan span)
    {
        if (operand is not (ScratchVariable or MapExpression or MapAccess))
            throw Error(span, "only variables and maps can be incremented and decremented");
    }

    private Expression ParsePostfix(Expression target)
    {
        int start = target.Span.Start;
        while (true)
        {
            switch (current.Kind)
            {
                case TokenKind.Dot:
                case TokenKind.Arrow:
                    bool isArrow = Advance().Kind == TokenKind.Arrow;
                    if (!isArrow && current.Kind == TokenKind.Integer)
                    {
                        Token number = Advance();
                        ulong index = ValueOf(number);
                        if (index > int.MaxValue)
                            throw Error(Span(number), $"no tuple has {index.ToString(CultureInfo.InvariantCulture)} elements");
                        target = Made(new TupleAccess(SpanFrom(start), target, (int)index));
                    }
                    else
                    {
                        Token field = Expect(TokenKind.Identifier, "the name of a field");
                        target = Made(new FieldAccess(SpanFrom(start), target, Text(field)));
                    }
                    break;
                case TokenKind.OpenBracket:
                    Advance();
                    Expression at = ParseInside();
                    Expect(TokenKind.CloseBracket, "']'");
                    target = Made(new IndexExpression(SpanFrom(start), target, at));
                    break;
                case TokenKind.Increment:
                case TokenKind.Decrement:
                    RequireVariable(target, SpanFrom(start));
                    UnaryOperator operation = Advance().Kind == TokenKind.Increment ? UnaryOperator.PostIncrement : UnaryOperator.PostDecrement;
                    target = new UnaryExpression(SpanFrom(start), operation, target);
                    break;
                default:
                    return target;
            }
        }
    }

    // Between brackets of any kind a slash divides, even in a predicate.
    private Expression ParseInside()
    {
        bool wasPredicate = isPredicate;
        isPredicate = false;
        Expression inside = ParseExpression();
        isPredicate = wasPredicate;
        return inside;
    }
}
