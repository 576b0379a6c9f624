namespace PerfTrace.BpfTrace;

/// <summary>An expression for what it does: a call, <c>@x++</c>, an <c>if</c>, a block.</summary>
internal sealed class ExpressionStatement(SourceSpan span, Expression expression) : Statement(span, Highest(expression))
{
    public Expression Expression { get; } = expression;
}

/// <summary><c>x = y</c>, <c>x += y</c>.</summary>
internal sealed class AssignStatement(SourceSpan span, Expression target, BinaryOperator? operation, Expression value)
    : Statement(span, Highest(target, value))
{
    /// <summary>A <see cref="ScratchVariable"/>, a <see cref="MapExpression"/> or a <see cref="MapAccess"/>.</summary>
    public Expression Target { get; } = target;

    /// <summary>What a compound assignment does first; null for a plain one.</summary>
    public BinaryOperator? Operator { get; } = operation;

    /// <summary>The right side.</summary>
    public Expression Value { get; } = value;

    /// <summary>Of a division by what is not known: the number, in the plan, of the warning that it was zero.</summary>
    public int? Warning { get; set; }
}

/// <summary><c>let $x: uint64 = 1</c>.</summary>
internal sealed class LetStatement(SourceSpan span, ScratchVariable variable, TypeSyntax? declaredType, Expression? value)
    : Statement(span, Highest(variable, declaredType, value))
{
    public ScratchVariable Variable { get; } = variable;

    public TypeSyntax? DeclaredType { get; } = declaredType;

    public Expression? Value { get; } = value;
}

/// <summary><c>_ = f()</c>: a value that is knowingly not used.</summary>
internal sealed class DiscardStatement(SourceSpan span, Expression expression) : Statement(span, Highest(expression))
{
    public Expression Expression { get; } = expression;
}

internal sealed class WhileStatement(SourceSpan span, Expression condition, BlockExpression body) : Statement(span, Highest(condition, body))
{
    public Expression Condition { get; } = condition;

    public BlockExpression Body { get; } = body;
}

internal sealed class UnrollStatement(SourceSpan span, Expression count, BlockExpression body) : Statement(span, Highest(count, body))
{
    public Expression Count { get; } = count;

    public BlockExpression Body { get; } = body;
}

/// <summary><c>for ($kv : @map) { … }</c>.</summary>
internal sealed class ForMapStatement(SourceSpan span, ScratchVariable variable, MapExpression map, BlockExpression body)
    : Statement(span, Highest(variable, map, body))
{
    public ScratchVariable Variable { get; } = variable;

    public MapExpression Map { get; } = map;

    public BlockExpression Body { get; } = body;
}

/// <summary><c>for ($i : 0..10) { … }</c>: from the first to before the second, both evaluated once.</summary>
internal sealed class ForRangeStatement(SourceSpan span, ScratchVariable variable, Expression from, Expression to, BlockExpression body)
    : Statement(span, Highest(variable, from, to, body))
{
    public ScratchVariable Variable { get; } = variable;

    public Expression From { get; } = from;

    public Expression To { get; } = to;

    public BlockExpression Body { get; } = body;
}

internal enum JumpKind
{
    Break,
    Continue,
    Return,
}

/// <summary><c>break</c>, <c>continue</c> or <c>return</c>.</summary>
internal sealed class JumpStatement(SourceSpan span, JumpKind kind, Expression? value = null) : Statement(span, Highest(value))
{
    public JumpKind Kind { get; } = kind;

    /// <summary>What <c>return</c> gives back; null for none.</summary>
    public Expression? Value { get; } = value;
}
