using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.BpfTrace;

namespace PerfTrace.Commands;

/// <summary>
/// Reads the syntax tree of a script block as a condition on an event or a value of it. Parts without <c>$_</c> are values: they are evaluated once, in the caller's scope. What the
/// kernel has nothing for is an error with its place.
/// </summary>
internal sealed class QueryTranslator
{
    private readonly PSCmdlet _cmdlet;
    private readonly ScriptSource _source;
    private readonly int _start;
    private readonly ScriptBlockAst _tree;

    private QueryTranslator(PSCmdlet cmdlet, ScriptBlock block, string parameter)
    {
        _cmdlet = cmdlet;
        _tree = (ScriptBlockAst)block.Ast;
        _source = new ScriptSource(parameter, _tree.Extent.Text);
        _start = _tree.Extent.StartOffset;
    }

    /// <param name="cmdlet">In whose caller's scope values are looked up.</param>
    /// <param name="block">What the user wrote.</param>
    /// <param name="parameter">Where, for messages: <c>-Where</c>.</param>
    /// <exception cref="ScriptException">It is more than the kernel can do.</exception>
    public static QueryExpression Translate(PSCmdlet cmdlet, ScriptBlock block, string parameter)
    {
        var translator = new QueryTranslator(cmdlet, block, parameter);
        return EventExpressions.Of(translator._tree) is { } expression ? translator.Of(expression)
            : throw translator.Problem(translator._tree, "this is not a single expression", "the kernel runs no statements: write a condition or a value of $_ alone");
    }

    /// <summary>As <see cref="Translate"/>; a value that does not ask for the event holds or not for all.</summary>
    public static QueryExpression TranslateCondition(PSCmdlet cmdlet, ScriptBlock block, string parameter) => Condition(Translate(cmdlet, block, parameter));

    private QueryExpression Of(ExpressionAst expression)
    {
        if (!EventExpressions.RefersToEvent(expression))
            return new QueryExpression.Known(Value(expression), Span(expression));
        switch (expression)
        {
            case ParenExpressionAst when EventExpressions.Inner(expression) is { } inner:
                return Of(inner);
            case UnaryExpressionAst unary when OperatorOf(unary.TokenKind) is { } operation:
                QueryExpression operand = Of(unary.Child);
                return new QueryExpression.Unary(operation, operation == QueryOperator.Not ? Condition(operand) : operand, Span(expression));
            case BinaryExpressionAst binary:
                return Binary(binary);
            case InvokeMemberExpressionAst { Static: true, Expression: TypeExpressionAst type, Arguments: [var argument] } call when RoundingOf(type, call.Member) is { } rounding:
                return new QueryExpression.Unary(rounding, Of(argument), Span(expression));
            case MemberExpressionAst member:
                return EventExpressions.Property(member) is { } name ? new QueryExpression.Property(name, Span(member))
                    : throw Problem(member, "only properties of $_ itself can be used", "the kernel calls no methods");
            case ConvertExpressionAst convert:
                throw Problem(convert, "casts can not be compiled for the kernel", "numbers have 64 bits there, whatever their type is");
            default:
                throw Problem(expression, "this can not be compiled for the kernel", "properties of $_, values, comparisons, -and, -or, -not, +, -, *, /, %, [math]::Floor and the operators of bits can");
        }
    }

    private QueryExpression Binary(BinaryExpressionAst binary)
    {
        SourceSpan span = Span(binary);
        switch (binary.Operator)
        {
            case TokenKind.And or TokenKind.Or or TokenKind.Xor:
                QueryOperator logical = binary.Operator switch { TokenKind.And => QueryOperator.And, TokenKind.Or => QueryOperator.Or, _ => QueryOperator.Xor };
                return new QueryExpression.Binary(Condition(Of(binary.Left)), logical, Condition(Of(binary.Right)), span);
            case TokenKind.Ilike or TokenKind.Clike or TokenKind.Inotlike or TokenKind.Cnotlike:
                return Pattern(binary, isRegex: false, isCaseSensitive: binary.Operator is TokenKind.Clike or TokenKind.Cnotlike, isNot: binary.Operator is TokenKind.Inotlike or TokenKind.Cnotlike);
            case TokenKind.Imatch or TokenKind.Cmatch or TokenKind.Inotmatch or TokenKind.Cnotmatch:
                return Pattern(binary, isRegex: true, isCaseSensitive: binary.Operator is TokenKind.Cmatch or TokenKind.Cnotmatch, isNot: binary.Operator is TokenKind.Inotmatch or TokenKind.Cnotmatch);
            case TokenKind.In or TokenKind.Iin or TokenKind.Cin or TokenKind.Inotin or TokenKind.Cnotin:
                return Membership(binary, binary.Left, binary.Right, binary.Operator is TokenKind.Cin or TokenKind.Cnotin, binary.Operator is TokenKind.Inotin or TokenKind.Cnotin);
            case TokenKind.Icontains or TokenKind.Ccontains or TokenKind.Inotcontains or TokenKind.Cnotcontains:
                return Membership(binary, binary.Right, binary.Left, binary.Operator is TokenKind.Ccontains or TokenKind.Cnotcontains, binary.Operator is TokenKind.Inotcontains or TokenKind.Cnotcontains);
        }
        if (EventExpressions.OperatorOf(binary.Operator) is { } comparison)
            return new QueryExpression.Compare(Of(binary.Left), comparison.Operator, Of(binary.Right), comparison.IsCaseSensitive, span);
        QueryOperator? operation = binary.Operator switch
        {
            TokenKind.Plus => QueryOperator.Add,
            TokenKind.Minus => QueryOperator.Subtract,
            TokenKind.Multiply => QueryOperator.Multiply,
            TokenKind.Divide => QueryOperator.Divide,
            TokenKind.Rem => QueryOperator.Remainder,
            TokenKind.Band => QueryOperator.BitwiseAnd,
            TokenKind.Bor => QueryOperator.BitwiseOr,
            TokenKind.Bxor => QueryOperator.BitwiseXor,
            TokenKind.Shl => QueryOperator.ShiftLeft,
            TokenKind.Shr => QueryOperator.ShiftRight,
            _ => null,
        };
        return operation is { } known ? new QueryExpression.Binary(Of(binary.Left), known, Of(binary.Right), span)
            : throw Problem(binary, $"the operator {binary.ErrorPosition.Text} can not be compiled for the kernel");
    }

    // Alone, PowerShell asks whether a value is true.
    private static QueryExpression Condition(QueryExpression expression) =>
        expression is QueryExpression.Known known ? known with { Value = LanguagePrimitives.IsTrue(known.Value) } : expression;

    private QueryExpression Pattern(BinaryExpressionAst binary, bool isRegex, bool isCaseSensitive, bool isNot)
    {
        if (EventExpressions.RefersToEvent(binary.Right))
            throw Problem(binary.Right, "a pattern must be known before");
        string pattern = LanguagePrimitives.ConvertTo<string>(Value(binary.Right)) ?? "";
        QueryExpression like = new QueryExpression.Like(Of(binary.Left), pattern, isRegex, isCaseSensitive, Span(binary));
        return isNot ? new QueryExpression.Unary(QueryOperator.Not, like, like.Span) : like;
    }

    private QueryExpression Membership(BinaryExpressionAst whole, ExpressionAst one, ExpressionAst many, bool isCaseSensitive, bool isNot)
    {
        if (EventExpressions.RefersToEvent(many))
            throw Problem(many, "the values must be known before");
        SourceSpan span = Span(whole);
        object? values = Value(many);
        QueryExpression wanted = Of(one), any = new QueryExpression.Known(false, span);
        foreach (object? value in (LanguagePrimitives.GetEnumerable(values) ?? new[] { values }).Cast<object?>())
        {
            any = new QueryExpression.Binary(any, QueryOperator.Or, new QueryExpression.Compare(new QueryExpression.Known(EventExpressions.Unwrap(value), Span(many)),
                Events.Filtering.ComparisonOperator.Equal, wanted, isCaseSensitive, span), span);
        }
        return isNot ? new QueryExpression.Unary(QueryOperator.Not, any, span) : any;
    }

    private static QueryOperator? OperatorOf(TokenKind kind) => kind switch
    {
        TokenKind.Not or TokenKind.Exclaim => QueryOperator.Not,
        TokenKind.Bnot => QueryOperator.Complement,
        TokenKind.Minus => QueryOperator.Negate,
        _ => null,
    };

    private static QueryOperator? RoundingOf(TypeExpressionAst type, CommandElementAst member) =>
        type.TypeName.GetReflectionType() != typeof(Math) || member is not StringConstantExpressionAst { Value: var name } ? null
            : string.Equals(name, nameof(Math.Floor), StringComparison.OrdinalIgnoreCase) ? QueryOperator.Floor
            : string.Equals(name, nameof(Math.Truncate), StringComparison.OrdinalIgnoreCase) ? QueryOperator.Truncate : null;

    private object? Value(ExpressionAst expression)
    {
        if (EventExpressions.ActivePart(expression) is { } active)
            throw Problem(active, "a value that is computed by commands or methods may change from event to event", "put it into a variable first");
        // $using:x is the caller's $x, as there is no other scope between.
        string text = expression.Extent.Text.Replace("$using:", "$", StringComparison.OrdinalIgnoreCase);
        return EventExpressions.Unwrap(EventExpressions.Evaluate(_cmdlet, text));
    }

    private SourceSpan Span(Ast part) => new(_source, part.Extent.StartOffset - _start, part.Extent.Text.Length);

    private ScriptException Problem(Ast part, string message, string? hint = null) => new([new ScriptDiagnostic(ScriptSeverity.Error, Span(part), message, hint)]);
}
