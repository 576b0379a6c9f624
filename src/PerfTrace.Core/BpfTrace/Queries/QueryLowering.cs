using System.Globalization;
using System.Numerics;
using PerfTrace.Events.Filtering;

namespace PerfTrace.BpfTrace;

/// <summary>Puts the conditions and values of a query into the tree of a probe, keeping PowerShell's meaning.</summary>
internal sealed class QueryLowering(QueryProperties properties)
{
    private readonly QueryPatterns _patterns = new(properties.Statements);

    /// <exception cref="ScriptException">What the kernel can not do.</exception>
    public Expression Condition(QueryExpression expression)
    {
        var tree = new QueryTree(expression.Span);
        switch (expression)
        {
            case QueryExpression.Known { Value: var value }:
                return tree.Truth(value is true);
            case QueryExpression.Unary { Operator: QueryOperator.Not } not:
                return tree.Not(Condition(not.Operand));
            case QueryExpression.Binary { Operator: QueryOperator.And } and:
                return tree.And(Condition(and.Left), Condition(and.Right));
            case QueryExpression.Binary { Operator: QueryOperator.Or } or:
                return tree.Or(Condition(or.Left), Condition(or.Right));
            case QueryExpression.Binary { Operator: QueryOperator.Xor } xor:
                return tree.Or(tree.And(Condition(xor.Left), tree.Not(Condition(xor.Right))), tree.And(tree.Not(Condition(xor.Left)), Condition(xor.Right)));
            case QueryExpression.Compare compare:
                return Comparison(tree, compare);
            case QueryExpression.Like like:
                return Like(tree, like);
            default:
                // Alone, PowerShell asks whether it is true: not 0, not empty.
                QueryOperand operand = Operand(expression);
                return operand.IsText ? tree.Binary(new IndexExpression(expression.Span, operand.Value, tree.Number(0)), BinaryOperator.NotEqual, tree.Number(0))
                    : operand.Number is not null ? tree.Binary(operand.Value, BinaryOperator.NotEqual, tree.Number(0))
                    : throw new ScriptException(expression.Span, "a call stack is neither true nor false", "call stacks are for -GroupBy");
        }
    }

    /// <summary>A number that is added up.</summary>
    /// <exception cref="ScriptException">It is none.</exception>
    public Expression Number(QueryExpression expression) => Operand(expression) is { Number: not null } operand ? operand.Value
        : throw new ScriptException(expression.Span, $"'{expression.Span.Text}' is no number", "texts and call stacks can be counted with -GroupBy");

    /// <summary>A value that events are told apart by.</summary>
    public QueryOperand Key(QueryExpression expression) => expression is QueryExpression.Property property ? properties.Of(property, isKey: true) : Operand(expression);

    private QueryOperand Operand(QueryExpression expression)
    {
        var tree = new QueryTree(expression.Span);
        switch (expression)
        {
            case QueryExpression.Property property:
                return properties.Of(property);
            case QueryExpression.Known { Value: var value }:
                return ComparedNumber.TryGetNumber(value, out var number, out bool isWhole) && isWhole && number >= long.MinValue && number <= ulong.MaxValue
                    ? new QueryOperand(tree.Number(number), LiteralTypes.Of((Int128)number))
                    : throw new ScriptException(expression.Span, $"'{value}' is no whole number of 64 bits", "the kernel computes with nothing else");
            case QueryExpression.Unary { Operator: QueryOperator.Negate or QueryOperator.Complement } unary:
                QueryOperand inner = NumberOperand(unary.Operand);
                bool isNegation = unary.Operator == QueryOperator.Negate;
                return new QueryOperand(new UnaryExpression(expression.Span, isNegation ? UnaryOperator.Negate : UnaryOperator.Complement, inner.Value),
                    TypeRules.Wide(isNegation || inner.Number!.IsSigned));
            case QueryExpression.Unary { Operator: QueryOperator.Floor or QueryOperator.Truncate } rounded:
                return rounded.Operand is QueryExpression.Binary { Operator: QueryOperator.Divide } quotient ? Quotient(tree, quotient, rounded.Operator == QueryOperator.Floor) : NumberOperand(rounded.Operand);
            case QueryExpression.Binary { Operator: QueryOperator.Remainder } remainder:
                QueryOperand divided = NumberOperand(remainder.Left);
                // The sign is that of what is divided, whatever the divisor's is.
                return new QueryOperand(tree.Binary(divided.Value, BinaryOperator.Modulo, tree.Number(BigInteger.Abs(Divisor(remainder.Right)))), TypeRules.Wide(divided.Number!.IsSigned));
            case QueryExpression.Binary { Operator: QueryOperator.Divide }:
                throw new ScriptException(expression.Span, "a quotient may have a fraction, which the kernel does not know", "compare it with a number, or take the whole of it: [math]::Floor(…)");
            case QueryExpression.Binary binary when OperatorOf(binary.Operator) is { } operation:
                QueryOperand left = NumberOperand(binary.Left), right = NumberOperand(binary.Right);
                bool isSigned = operation is BinaryOperator.ShiftLeft or BinaryOperator.ShiftRight ? left.Number!.IsSigned
                    : operation == BinaryOperator.Subtract || TypeRules.Common(left.Number!, right.Number!).IsSigned;
                return new QueryOperand(tree.Binary(left.Value, operation, right.Value), TypeRules.Wide(isSigned));
            default:
                return new QueryOperand(Condition(expression), BooleanType.Instance);
        }
    }

    private QueryOperand NumberOperand(QueryExpression expression) => Operand(expression) is { Number: not null } operand ? operand
        : throw new ScriptException(expression.Span, $"'{expression.Span.Text}' is no number", "the kernel computes with whole numbers");

    private QueryOperand Quotient(QueryTree tree, QueryExpression.Binary quotient, bool isFloor)
    {
        QueryOperand left = NumberOperand(quotient.Left);
        BigInteger divisor = Divisor(quotient.Right);
        if (divisor.Sign < 0)
            throw new ScriptException(quotient.Right.Span, $"'{quotient.Right.Span.Text}' is below 0", "divide by its amount, and change the sign: -[math]::…");
        Expression whole = tree.Binary(left.Value, BinaryOperator.Divide, tree.Number(divisor));
        bool isSigned = left.Number!.IsSigned;
        if (isFloor && isSigned)
        {
            Expression isBelow = tree.Binary(tree.Binary(left.Value, BinaryOperator.Modulo, tree.Number(divisor)), BinaryOperator.Less, tree.Number(0));
            whole = new IfExpression(quotient.Span, isBelow, tree.Binary(whole, BinaryOperator.Subtract, tree.Number(1)), whole);
        }
        return new QueryOperand(whole, TypeRules.Wide(isSigned));
    }

    // What divides must be known: in PowerShell a division by 0 is an error, in the kernel it is none.
    private static BigInteger Divisor(QueryExpression expression) =>
        expression is QueryExpression.Known { Value: var value } && ComparedNumber.TryGetNumber(value, out BigInteger number, out bool isWhole) && isWhole && !number.IsZero
            && number >= long.MinValue && number <= long.MaxValue ? number
            : throw new ScriptException(expression.Span, $"'{expression.Span.Text}' is no whole number other than 0 that is known before", "the kernel divides by numbers that are");

    private static BinaryOperator? OperatorOf(QueryOperator operation) => operation switch
    {
        QueryOperator.Add => BinaryOperator.Add,
        QueryOperator.Subtract => BinaryOperator.Subtract,
        QueryOperator.Multiply => BinaryOperator.Multiply,
        QueryOperator.BitwiseAnd => BinaryOperator.BitwiseAnd,
        QueryOperator.BitwiseOr => BinaryOperator.BitwiseOr,
        QueryOperator.BitwiseXor => BinaryOperator.BitwiseXor,
        QueryOperator.ShiftLeft => BinaryOperator.ShiftLeft,
        QueryOperator.ShiftRight => BinaryOperator.ShiftRight,
        _ => null,
    };

    private static BinaryOperator OperatorOf(ComparisonOperator comparison) => comparison switch
    {
        ComparisonOperator.Equal => BinaryOperator.Equal,
        ComparisonOperator.NotEqual => BinaryOperator.NotEqual,
        ComparisonOperator.Less => BinaryOperator.Less,
        ComparisonOperator.LessOrEqual => BinaryOperator.LessOrEqual,
        ComparisonOperator.Greater => BinaryOperator.Greater,
        _ => BinaryOperator.GreaterOrEqual,
    };

    private Expression Comparison(QueryTree tree, QueryExpression.Compare compare)
    {
        if (compare.Left is QueryExpression.Known { Value: var first } && compare.Right is not QueryExpression.Known)
            return KnownFirst(tree, compare, first) ?? Comparison(tree, compare with { Left = compare.Right, Right = compare.Left, Operator = Mirror(compare.Operator) });
        if (compare.Left is QueryExpression.Binary { Operator: QueryOperator.Divide } quotient && compare.Right is QueryExpression.Known bound)
            return Comparison(tree, WithoutDivision(compare, quotient, bound));
        if (QueryProperties.IsEventName(compare.Left) && compare.Right is QueryExpression.Known { Value: var name })
        {
            return tree.Truth(ComparedNumber.Holds(compare.Operator, string.Compare(properties.EventName, Convert.ToString(name, CultureInfo.InvariantCulture),
                compare.IsCaseSensitive ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase)));
        }
        QueryOperand left = Operand(compare.Left);
        if (compare.Right is QueryExpression.Known { Value: var value })
            return left.IsText ? CompareText(tree, left, compare, value) : CompareNumber(tree, left, compare, value);
        QueryOperand right = Operand(compare.Right);
        if (left.Number is not null && right.Number is not null)
            return CompareNumbers(tree, left, compare.Operator, right);
        if (!left.IsText || !right.IsText)
            throw new ScriptException(compare.Span, "a number is not compared with a text");
        if (compare.Operator is not (ComparisonOperator.Equal or ComparisonOperator.NotEqual) || !compare.IsCaseSensitive || left.Type != right.Type)
            throw new ScriptException(compare.Span, "two texts of an event can not be compared so", "the kernel compares texts of one size, byte by byte: -ceq, -cne");
        return tree.Binary(left.Value, OperatorOf(compare.Operator), right.Value);
    }

    // PowerShell compares as the left side's type has it: a number as a text with '03', as true or false with $true. Null: it is the same as the other way round.
    private Expression? KnownFirst(QueryTree tree, QueryExpression.Compare compare, object? value)
    {
        bool isEquality = compare.Operator is ComparisonOperator.Equal or ComparisonOperator.NotEqual;
        bool isQuotient = compare.Right is QueryExpression.Binary { Operator: QueryOperator.Divide };
        if (value is not (bool or string or char) || QueryProperties.IsEventName(compare.Right) || (!isQuotient && Operand(compare.Right) is { Number: null } or { Type: BooleanType }))
            return null;
        if (!isEquality || isQuotient)
            throw new ScriptException(compare.Span, $"'{compare.Left.Span.Text}' on the left makes this a comparison of its type and not of numbers", "write the number on the right, or without quotes");
        if (value is bool truth)
            return Comparison(tree, compare with { Left = compare.Right, Right = new QueryExpression.Known(0, compare.Left.Span), Operator = truth ? Opposite(compare.Operator) : compare.Operator });
        // A number has one text: no zeros in front, no blanks.
        return ComparedNumber.TryGetNumber(value, out BigInteger number, out bool isWhole) && isWhole && number.ToString(CultureInfo.InvariantCulture) == value.ToString()
            ? null : tree.Truth(compare.Operator == ComparisonOperator.NotEqual);
    }

    private static ComparisonOperator Opposite(ComparisonOperator equality) => equality == ComparisonOperator.Equal ? ComparisonOperator.NotEqual : ComparisonOperator.Equal;

    // x / 1024 > 1.5 is x > 1536: no fraction is lost.
    private static QueryExpression.Compare WithoutDivision(QueryExpression.Compare compare, QueryExpression.Binary quotient, QueryExpression.Known bound)
    {
        decimal divisor = quotient.Right is QueryExpression.Known { Value: var by } && DecimalOf(by) is { } known && known != 0 ? known
            : throw new ScriptException(quotient.Right.Span, $"'{quotient.Right.Span.Text}' is no number other than 0 that is known before", "the kernel divides by numbers that are");
        object? value = bound.Value;
        if (value is not null)
        {
            decimal number = DecimalOf(value) ?? throw new ScriptException(bound.Span, $"'{value}' is no number", $"'{quotient.Span.Text}' is one");
            // Behind the end of what the kernel has it is enough to know on which side.
            double product = (double)number * (double)divisor;
            value = Math.Abs(product) > (double)ulong.MaxValue ? product : number * divisor;
        }
        else if (divisor < 0)
        {
            throw new ScriptException(compare.Span, "this can not be compared with nothing");
        }
        return compare with { Left = quotient.Left, Operator = divisor < 0 ? Mirror(compare.Operator) : compare.Operator, Right = bound with { Value = value } };
    }

    private static decimal? DecimalOf(object? value)
    {
        if (ComparedNumber.TryGetNumber(value, out BigInteger whole, out bool isWhole) is false || BigInteger.Abs(whole) > (BigInteger)decimal.MaxValue)
            return null;
        return isWhole ? (decimal)whole : value is string text ? (decimal)double.Parse(text, CultureInfo.InvariantCulture) : Convert.ToDecimal(value, CultureInfo.InvariantCulture);
    }

    // Of one with a sign and one of 64 bits without the kernel would take both for one kind.
    private static Expression CompareNumbers(QueryTree tree, QueryOperand left, ComparisonOperator operation, QueryOperand right)
    {
        bool isLeftSigned = left.Number!.IsSigned;
        Expression plain = tree.Binary(left.Value, OperatorOf(operation), right.Value);
        if (isLeftSigned == right.Number!.IsSigned || (isLeftSigned ? right : left).Number!.Bytes < 8)
            return plain;
        Expression signed = isLeftSigned ? left.Value : right.Value;
        Expression unsigned = tree.Binary(tree.Cast("uint64", left.Value), OperatorOf(operation), tree.Cast("uint64", right.Value));
        Expression isNegative = tree.Binary(signed, BinaryOperator.Less, tree.Number(0));
        return ComparedNumber.Holds(operation, isLeftSigned ? -1 : 1) ? tree.Or(isNegative, unsigned) : tree.And(tree.Not(isNegative), unsigned);
    }

    private static Expression CompareNumber(QueryTree tree, QueryOperand left, QueryExpression.Compare compare, object? value)
    {
        if (left.Number is null)
            throw new ScriptException(compare.Left.Span, "a call stack can not be compared", "call stacks are for -GroupBy");
        if (left.Type is BooleanType)
        {
            if (compare.Operator is not (ComparisonOperator.Equal or ComparisonOperator.NotEqual))
                throw new ScriptException(compare.Span, "a truth value has no order");
            // PowerShell converts the right side to the type of the left.
            bool wanted = value switch
            {
                bool b => b,
                string text => text.Length > 0,
                null => false,
                _ => ComparedNumber.TryGetNumber(value, out var number, out bool isWhole) && !(isWhole && number.IsZero),
            };
            return wanted == (compare.Operator == ComparisonOperator.Equal) ? left.Value : tree.Not(left.Value);
        }
        if (ComparedNumber.Of(compare.Operator, value, left.Range) is not { } compared)
            throw new ScriptException(compare.Right.Span, $"'{value}' is no number", $"'{compare.Left.Span.Text}' is one");
        return compared.Outcome is { } outcome ? tree.Truth(outcome) : tree.Binary(left.Value, OperatorOf(compared.Operator), tree.Number(compared.Value));
    }

    private Expression CompareText(QueryTree tree, QueryOperand left, QueryExpression.Compare compare, object? value)
    {
        if (compare.Operator is not (ComparisonOperator.Equal or ComparisonOperator.NotEqual))
            throw new ScriptException(compare.Span, "the kernel compares texts for equality alone", "-eq, -ne, -in, -like and -match take texts");
        string text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        Expression equal = value is null ? tree.Truth(false) // a text is never null
            : compare.IsCaseSensitive || !text.Any(KernelFilterWriter.HasTwoCases) ? tree.Binary(left.Value, BinaryOperator.Equal, new StringLiteral(compare.Right.Span, text))
            : _patterns.Match(tree, left, GlobPattern.OfLiteral(text));
        return compare.Operator == ComparisonOperator.Equal ? equal : tree.Not(equal);
    }

    private Expression Like(QueryTree tree, QueryExpression.Like like)
    {
        GlobPattern pattern = like.IsRegex ? GlobPattern.OfRegex(like.Pattern, like.IsCaseSensitive) : GlobPattern.OfWildcard(like.Pattern, like.IsCaseSensitive);
        if (pattern.Problem is { } problem)
            throw new ScriptException(like.Span, problem);
        if (QueryProperties.IsEventName(like.Text))
            return tree.Truth(pattern.IsMatch(properties.EventName));
        QueryOperand text = Operand(like.Text);
        return text.IsText ? _patterns.Match(tree, text, pattern)
            : throw new ScriptException(like.Text.Span, $"'{like.Text.Span.Text}' is no text", "patterns are matched on texts alone");
    }

    private static ComparisonOperator Mirror(ComparisonOperator comparison) => comparison switch
    {
        ComparisonOperator.Less => ComparisonOperator.Greater,
        ComparisonOperator.GreaterOrEqual => ComparisonOperator.LessOrEqual,
        ComparisonOperator.Greater => ComparisonOperator.Less,
        ComparisonOperator.LessOrEqual => ComparisonOperator.GreaterOrEqual,
        _ => comparison,
    };
}
