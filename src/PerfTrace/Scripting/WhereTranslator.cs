using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.Events.Filtering;

namespace PerfTrace.Commands;

/// <summary>
/// Reads the syntax tree of a <c>-Where</c> script block as a condition on an event. Parts without <c>$_</c> are values: they are evaluated
/// once, in the caller's scope.
/// </summary>
internal sealed class WhereTranslator(Func<string, object?> evaluate)
{
    public EventPredicate Translate(ScriptBlock block)
    {
        var tree = (ScriptBlockAst)block.Ast;
        if (tree.ParamBlock is not null || tree.BeginBlock is not null || tree.ProcessBlock is not null)
            return Problem(tree, "a condition has no parameters and no named blocks");
        return EventExpressions.Of(tree) is { } expression ? Condition(expression) : Problem(tree, "it is not a single expression");
    }

    private EventPredicate Condition(ExpressionAst expression)
    {
        if (!EventExpressions.RefersToEvent(expression))
            return Value(expression, out object? value) is { } problem ? problem : new EventPredicate.Constant(LanguagePrimitives.IsTrue(value));
        switch (expression)
        {
            case ParenExpressionAst when EventExpressions.Inner(expression) is { } inner:
                return Condition(inner);
            case UnaryExpressionAst { TokenKind: TokenKind.Not or TokenKind.Exclaim } not:
                return new EventPredicate.Not(Condition(not.Child));
            case BinaryExpressionAst { Operator: TokenKind.And } and:
                return new EventPredicate.All([Condition(and.Left), Condition(and.Right)]);
            case BinaryExpressionAst { Operator: TokenKind.Or } or:
                return new EventPredicate.Any([Condition(or.Left), Condition(or.Right)]);
            case BinaryExpressionAst { Operator: TokenKind.Xor } xor:
                EventPredicate left = Condition(xor.Left), right = Condition(xor.Right);
                return new EventPredicate.Any([
                    new EventPredicate.All([left, new EventPredicate.Not(right)]),
                    new EventPredicate.All([new EventPredicate.Not(left), right])]);
            case BinaryExpressionAst { Operator: TokenKind.Band } band:
                return Bits(band, null, isEqual: true, band);
            case BinaryExpressionAst binary:
                return Comparison(binary);
            case MemberExpressionAst member:
                // Alone, PowerShell asks whether it is true: not 0, not empty.
                return EventExpressions.Property(member) is { } name
                    ? new EventPredicate.Truth(name, Text(member))
                    : Problem(member, "only properties of $_ itself can be used");
            default:
                return Problem(expression, "the kernel's filters have no such expression");
        }
    }

    private EventPredicate Comparison(BinaryExpressionAst binary)
    {
        bool isLeftEvent = EventExpressions.RefersToEvent(binary.Left);
        if (isLeftEvent && EventExpressions.RefersToEvent(binary.Right))
            return Problem(binary, "the kernel compares a field with a constant, not with another field");
        (ExpressionAst eventSide, ExpressionAst valueSide) = isLeftEvent ? (binary.Left, binary.Right) : (binary.Right, binary.Left);
        if (Value(valueSide, out object? value) is { } problem)
            return problem;
        eventSide = Unwrap(eventSide);
        if (eventSide is BinaryExpressionAst { Operator: TokenKind.Band } band)
        {
            return EventExpressions.OperatorOf(binary.Operator) is { Operator: ComparisonOperator.Equal or ComparisonOperator.NotEqual } equality
                ? Bits(band, value, equality.Operator == ComparisonOperator.Equal, binary)
                : Problem(binary, "the kernel only asks whether bits are set");
        }
        if (eventSide is not MemberExpressionAst member || EventExpressions.Property(member) is not { } name)
            return Problem(eventSide, "only properties of $_ itself can be compared");

        string source = Text(binary);
        switch (binary.Operator)
        {
            case TokenKind.Ilike or TokenKind.Clike or TokenKind.Inotlike or TokenKind.Cnotlike when isLeftEvent:
                EventPredicate like = new EventPredicate.Like(name, LanguagePrimitives.ConvertTo<string>(value), binary.Operator is TokenKind.Clike or TokenKind.Cnotlike, source);
                return binary.Operator is TokenKind.Inotlike or TokenKind.Cnotlike ? new EventPredicate.Not(like) : like;
            case TokenKind.In or TokenKind.Iin or TokenKind.Cin or TokenKind.Inotin or TokenKind.Cnotin when isLeftEvent:
            case TokenKind.Icontains or TokenKind.Ccontains or TokenKind.Inotcontains or TokenKind.Cnotcontains when !isLeftEvent:
                return Membership(name, value, binary.Operator, source);
        }
        if (EventExpressions.OperatorOf(binary.Operator) is not { } comparison)
            return Problem(binary, "the kernel's filters have no such operator");
        return new EventPredicate.Compare(name, isLeftEvent ? comparison.Operator : Mirror(comparison.Operator), value, comparison.IsCaseSensitive, source);
    }

    private static EventPredicate Membership(string name, object? values, TokenKind op, string source)
    {
        bool isCaseSensitive = op is TokenKind.Cin or TokenKind.Cnotin or TokenKind.Ccontains or TokenKind.Cnotcontains;
        var any = new EventPredicate.Any([.. (LanguagePrimitives.GetEnumerable(values) ?? new[] { values }).Cast<object?>()
            .Select(v => new EventPredicate.Compare(name, ComparisonOperator.Equal, EventExpressions.Unwrap(v), isCaseSensitive, source))]);
        return op is TokenKind.Inotin or TokenKind.Cnotin or TokenKind.Inotcontains or TokenKind.Cnotcontains ? new EventPredicate.Not(any) : any;
    }

    private EventPredicate Bits(BinaryExpressionAst band, object? wanted, bool isEqual, ExpressionAst whole)
    {
        bool isLeftEvent = EventExpressions.RefersToEvent(band.Left);
        ExpressionAst eventSide = Unwrap(isLeftEvent ? band.Left : band.Right);
        if (eventSide is not MemberExpressionAst member || EventExpressions.Property(member) is not { } name)
            return Problem(eventSide, "only properties of $_ itself can be masked");
        if (Value(isLeftEvent ? band.Right : band.Left, out object? mask) is { } problem)
            return problem;
        string source = Text(whole);
        ulong bits = ToBits(mask);
        if (wanted is null)
            return new EventPredicate.Bits(name, bits, null, source);
        ulong value = ToBits(wanted);
        // "-ne 0" asks for any of the bits, which the kernel can do in one go.
        if (value == 0 && !isEqual)
            return new EventPredicate.Bits(name, bits, null, source);
        EventPredicate exactly = new EventPredicate.Bits(name, bits, value, source);
        return isEqual ? exactly : new EventPredicate.Not(exactly);
    }

    private EventPredicate.Inexpressible? Value(ExpressionAst expression, out object? value)
    {
        value = null;
        if (EventExpressions.ActivePart(expression) is { } active)
            return Problem(active, "a value that is computed by commands or methods may change from event to event; put it into a variable first");
        value = EventExpressions.Unwrap(evaluate(expression.Extent.Text));
        return null;
    }

    private static ExpressionAst Unwrap(ExpressionAst expression) => EventExpressions.Inner(expression) is { } inner ? Unwrap(inner) : expression;

    private static ulong ToBits(object? value) => value is ulong u ? u : unchecked((ulong)LanguagePrimitives.ConvertTo<long>(value));

    private static ComparisonOperator Mirror(ComparisonOperator op) => op switch
    {
        ComparisonOperator.Less => ComparisonOperator.Greater,
        ComparisonOperator.LessOrEqual => ComparisonOperator.GreaterOrEqual,
        ComparisonOperator.Greater => ComparisonOperator.Less,
        ComparisonOperator.GreaterOrEqual => ComparisonOperator.LessOrEqual,
        _ => op,
    };

    private static string Text(Ast ast) => ast.Extent.Text;

    private static EventPredicate.Inexpressible Problem(Ast ast, string reason) => new(Text(ast), reason);
}
