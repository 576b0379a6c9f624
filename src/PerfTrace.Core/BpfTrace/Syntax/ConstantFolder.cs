using System.Globalization;

namespace PerfTrace.BpfTrace;

/// <summary>Computes what consists of literals: integers exactly and in the range from that of int64 to that of uint64, texts, choices that <c>comptime</c> asks for.</summary>
/// <param name="diagnostics">Where what is wrong is told.</param>
internal sealed class ConstantFolder(List<ScriptDiagnostic> diagnostics) : TreeRewriter(diagnostics)
{
    private const int Bits = 64;

    protected override Expression RewriteParts(Expression expression)
    {
        if (expression is IfExpression { Condition: ComptimeExpression asked } choice)
            return Choose(choice, asked);
        Expression rewritten = base.RewriteParts(expression);
        return rewritten switch
        {
            UnaryExpression unary => Fold(unary),
            BinaryExpression binary => Fold(binary),
            IfExpression plain => Fold(plain),
            ComptimeExpression { Operand: var operand } when IsConstant(operand) => operand,
            BlockExpression { Statements.Count: 0, Value: IntegerLiteral or StringLiteral or BooleanLiteral } block => block.Value,
            CallExpression { Name: "str" } call => Text(call) ?? rewritten,
            IndexExpression { Target: StringLiteral text, Index: IntegerLiteral index } when !index.IsNegative && index.Value < (ulong)text.Bytes.Length =>
                new IntegerLiteral(rewritten.Span, text.Bytes.Span[(int)index.Value]),
            TupleAccess { Target: TupleExpression tuple, Index: var at } when at < tuple.Elements.Count && IsConstant(tuple) => tuple.Elements[at],
            FieldAccess { Target: RecordExpression record, Field: var name } when IsConstant(record) =>
                record.Elements.FirstOrDefault(e => e.Name == name)?.Value ?? rewritten,
            _ => rewritten,
        };
    }

    // Only the branch that is taken is looked into.
    private Expression Choose(IfExpression choice, ComptimeExpression asked)
    {
        Expression condition = Rewrite(asked.Operand);
        if (Truth(condition) is not { } known)
        {
            return new IfExpression(choice.Span, new ComptimeExpression(asked.Span, condition), choice.Then is null ? null : Rewrite(choice.Then),
                choice.Else is null ? null : Rewrite(choice.Else));
        }
        if (known && choice.Then is null)
            return condition;
        return (known ? choice.Then : choice.Else) is { } taken ? Rewrite(taken) : new BlockExpression(choice.Span, []);
    }

    private static bool IsConstant(Expression expression) => expression switch
    {
        IntegerLiteral or StringLiteral or BooleanLiteral => true,
        TupleExpression tuple => tuple.Elements.All(IsConstant),
        RecordExpression record => record.Elements.All(static e => IsConstant(e.Value)),
        _ => false,
    };

    private static bool? Truth(Expression expression) => expression switch
    {
        IntegerLiteral integer => integer.Value != 0,
        BooleanLiteral boolean => boolean.Value,
        StringLiteral text => text.Bytes.Length > 0,
        _ => null,
    };

    private static Expression Fold(UnaryExpression unary) => (unary.Operator, unary.Operand) switch
    {
        (UnaryOperator.Negate, IntegerLiteral integer) => Integer(unary.Span, -integer.Number),
        // Of a positive number it is an unsigned one, as in bpftrace: ~0 is the largest there is.
        (UnaryOperator.Complement, IntegerLiteral integer) => new IntegerLiteral(unary.Span, ~integer.Value),
        (UnaryOperator.LogicalNot, IntegerLiteral or BooleanLiteral) => new BooleanLiteral(unary.Span, !Truth(unary.Operand)!.Value),
        _ => unary,
    };

    private Expression Fold(BinaryExpression binary)
    {
        SourceSpan span = binary.Span;
        switch (binary.Operator, binary.Left, binary.Right)
        {
            case (BinaryOperator.LogicalAnd, IntegerLiteral or BooleanLiteral, IntegerLiteral or BooleanLiteral):
                return new BooleanLiteral(span, Truth(binary.Left)!.Value && Truth(binary.Right)!.Value);
            case (BinaryOperator.LogicalOr, IntegerLiteral or BooleanLiteral, IntegerLiteral or BooleanLiteral):
                return new BooleanLiteral(span, Truth(binary.Left)!.Value || Truth(binary.Right)!.Value);
            case (_, IntegerLiteral left, IntegerLiteral right):
                return Fold(binary, left, right);
            case (BinaryOperator.Equal or BinaryOperator.NotEqual, var left, var right) when IsConstant(left) && IsConstant(right) && AreEqual(left, right) is { } same:
                return new BooleanLiteral(span, same == (binary.Operator == BinaryOperator.Equal));
            case (BinaryOperator.Add, StringLiteral text, IntegerLiteral { IsNegative: false, Value: var from }):
                if (from >= (ulong)text.Bytes.Length)
                    Diagnostics.Add(new ScriptDiagnostic(ScriptSeverity.Warning, span, "nothing is left of the text"));
                return new StringLiteral(span, text.Bytes.Span[(int)Math.Min(from, (ulong)text.Bytes.Length)..].ToArray());
            case (BinaryOperator.Add, StringLiteral left, StringLiteral right):
                return new StringLiteral(span, [.. left.Bytes.Span, .. right.Bytes.Span]);
            case (_, StringLiteral left, StringLiteral right) when Holds(binary.Operator, left.Bytes.Span.SequenceCompareTo(right.Bytes.Span)) is { } holds:
                return new BooleanLiteral(span, holds);
            default:
                return binary;
        }
    }

    // Of values of one kind; null for others, of which the checker has something to say.
    private static bool? AreEqual(Expression left, Expression right)
    {
        switch (left, right)
        {
            case (IntegerLiteral a, IntegerLiteral b):
                return a.Number == b.Number;
            case (BooleanLiteral a, BooleanLiteral b):
                return a.Value == b.Value;
            case (StringLiteral a, StringLiteral b):
                return a.Bytes.Span.SequenceEqual(b.Bytes.Span);
            case (TupleExpression a, TupleExpression b) when a.Elements.Count == b.Elements.Count:
                bool? all = true;
                for (int i = 0; i < a.Elements.Count && all is true; i++)
                    all = AreEqual(a.Elements[i], b.Elements[i]);
                return all;
            default:
                return null;
        }
    }

    private static Expression Fold(BinaryExpression binary, IntegerLiteral left, IntegerLiteral right)
    {
        Int128 a = left.Number, b = right.Number;
        if (Holds(binary.Operator, a.CompareTo(b)) is { } holds)
            return new BooleanLiteral(binary.Span, holds);
        switch (binary.Operator)
        {
            case BinaryOperator.Add: return Integer(binary.Span, a + b);
            case BinaryOperator.Subtract: return Integer(binary.Span, a - b);
            // Below 2 to the power of 64 each: their product does not fit in 127 bits at the very end only.
            case BinaryOperator.Multiply: return Integer(binary.Span, Int128.Abs(a) > long.MaxValue && Int128.Abs(b) > 1 ? Int128.MaxValue : a * b);
            case BinaryOperator.Divide or BinaryOperator.Modulo when b == 0: throw new SyntaxError(right.Span, "a division by 0");
            case BinaryOperator.Divide: return Integer(binary.Span, a / b);
            case BinaryOperator.Modulo: return Integer(binary.Span, a % b);
            case BinaryOperator.ShiftLeft or BinaryOperator.ShiftRight when b < 0 || b >= Bits:
                throw new SyntaxError(right.Span, string.Create(CultureInfo.InvariantCulture, $"a shift by {b}: only 0 to {Bits - 1} bits can be shifted"));
            // What is shifted out is lost, as in a register.
            case BinaryOperator.ShiftLeft: return Bitwise(binary.Span, left.Value << (int)b, left.IsNegative);
            case BinaryOperator.ShiftRight: return Integer(binary.Span, a >> (int)b);
        }
        // A negative number has no bits in common with one that only an unsigned integer holds.
        if (left.IsNegative != right.IsNegative && (left.IsNegative ? b : a) > long.MaxValue)
            return binary;
        return Bitwise(binary.Span, binary.Operator switch
        {
            BinaryOperator.BitwiseAnd => left.Value & right.Value,
            BinaryOperator.BitwiseOr => left.Value | right.Value,
            _ => left.Value ^ right.Value,
        }, left.IsNegative || right.IsNegative);
    }

    private static bool? Holds(BinaryOperator operation, int order) => operation switch
    {
        BinaryOperator.Equal => order == 0,
        BinaryOperator.NotEqual => order != 0,
        BinaryOperator.Less => order < 0,
        BinaryOperator.LessOrEqual => order <= 0,
        BinaryOperator.Greater => order > 0,
        BinaryOperator.GreaterOrEqual => order >= 0,
        _ => null,
    };

    private static IntegerLiteral Integer(SourceSpan span, Int128 value) =>
        value >= long.MinValue && value <= ulong.MaxValue
            ? new IntegerLiteral(span, unchecked((ulong)value), value < 0)
            : throw new SyntaxError(span, "the value does not fit in 64 bits");

    private static IntegerLiteral Bitwise(SourceSpan span, ulong value, bool isSigned) => new(span, value, isSigned && (long)value < 0);

    private Expression Fold(IfExpression choice)
    {
        if (Truth(choice.Condition) is not { } known)
            return choice;
        Expression then = choice.Then ?? choice.Condition;
        if (choice.Else is { } otherwise && IsConstant(then) && IsConstant(otherwise))
            return known ? then : otherwise;
        return choice.Condition is BooleanLiteral || choice.Then is null
            ? choice
            : new IfExpression(choice.Span, new BooleanLiteral(choice.Condition.Span, known), choice.Then, choice.Else);
    }

    // str("text"), str(5), str("text", 2).
    private static Expression? Text(CallExpression call)
    {
        byte[]? text = call.Arguments is [var first, ..] ? first switch
        {
            StringLiteral literal => literal.Bytes.ToArray(),
            IntegerLiteral integer => System.Text.Encoding.ASCII.GetBytes(integer.Number.ToString(CultureInfo.InvariantCulture)),
            _ => null,
        } : null;
        return (text, call.Arguments) switch
        {
            ({ }, [_]) => new StringLiteral(call.Span, text),
            ({ }, [_, IntegerLiteral { IsNegative: false, Value: var most }]) => new StringLiteral(call.Span, text[..(int)Math.Min(most, (ulong)text.Length)]),
            _ => null,
        };
    }
}
