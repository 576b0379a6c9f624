namespace PerfTrace.BpfTrace;

/// <summary>Computes the constants of C definitions: values of enumerations, lengths of arrays, conditions of <c>#if</c>.</summary>
internal static class CConstant
{
    /// <summary>The value as C computes it in 64 bits; null when it is not known here.</summary>
    /// <param name="expression">What to compute.</param>
    /// <param name="names">The value of a name; null when it has none.</param>
    public static long? Evaluate(Expression? expression, Func<string, long?> names) => expression switch
    {
        IntegerLiteral integer => unchecked((long)integer.Value),
        BooleanLiteral boolean => boolean.Value ? 1 : 0,
        IdentifierExpression name => names(name.Name),
        UnaryExpression unary => Evaluate(unary.Operand, names) is { } value ? Apply(unary.Operator, value) : null,
        BinaryExpression binary when Evaluate(binary.Left, names) is { } left && Evaluate(binary.Right, names) is { } right => Apply(binary.Operator, left, right),
        IfExpression { Condition: var condition, Then: var then, Else: var otherwise } =>
            Evaluate(condition, names) is { } chosen ? chosen == 0 ? Evaluate(otherwise, names) : then is null ? chosen : Evaluate(then, names) : null,
        _ => null,
    };

    private static long? Apply(UnaryOperator operation, long value) => operation switch
    {
        UnaryOperator.Negate => unchecked(-value),
        UnaryOperator.LogicalNot => value == 0 ? 1 : 0,
        UnaryOperator.Complement => ~value,
        _ => null,
    };

    private static long? Apply(BinaryOperator operation, long left, long right) => unchecked(operation switch
    {
        BinaryOperator.LogicalOr => (left | right) != 0 ? 1 : 0,
        BinaryOperator.LogicalAnd => left != 0 && right != 0 ? 1 : 0,
        BinaryOperator.BitwiseOr => left | right,
        BinaryOperator.BitwiseXor => left ^ right,
        BinaryOperator.BitwiseAnd => left & right,
        BinaryOperator.Equal => left == right ? 1 : 0,
        BinaryOperator.NotEqual => left != right ? 1 : 0,
        BinaryOperator.Less => left < right ? 1 : 0,
        BinaryOperator.LessOrEqual => left <= right ? 1 : 0,
        BinaryOperator.Greater => left > right ? 1 : 0,
        BinaryOperator.GreaterOrEqual => left >= right ? 1 : 0,
        BinaryOperator.ShiftLeft => right is >= 0 and < 64 ? left << (int)right : null,
        BinaryOperator.ShiftRight => right is >= 0 and < 64 ? left >> (int)right : null,
        BinaryOperator.Add => left + right,
        BinaryOperator.Subtract => left - right,
        BinaryOperator.Multiply => left * right,
        BinaryOperator.Divide => right == 0 ? null : right == -1 ? -left : left / right,
        BinaryOperator.Modulo => right == 0 ? null : right == -1 ? 0 : left % right,
        _ => (long?)null,
    });
}
