namespace PerfTrace.BpfTrace;

internal sealed class UnaryExpression(SourceSpan span, UnaryOperator operation, Expression operand) : Expression(span, Highest(operand))
{
    public UnaryOperator Operator { get; } = operation;

    public Expression Operand { get; } = operand;
}

internal sealed class BinaryExpression(SourceSpan span, Expression left, BinaryOperator operation, Expression right) : Expression(span, Highest(left, right))
{
    public Expression Left { get; } = left;

    public BinaryOperator Operator { get; } = operation;

    public Expression Right { get; } = right;

    /// <summary>Of a division by what is not known: the number, in the plan, of the warning that it was zero.</summary>
    public int? Warning { get; set; }
}

/// <summary><c>(uint64)x</c>.</summary>
internal sealed class CastExpression(SourceSpan span, TypeSyntax target, Expression operand) : Expression(span, Highest(target, operand))
{
    public TypeSyntax Target { get; } = target;

    public Expression Operand { get; } = operand;
}

/// <summary>A choice, written <c>a ? b : c</c> or <c>if a { b } else { c }</c>.</summary>
internal sealed class IfExpression(SourceSpan span, Expression condition, Expression? then, Expression? otherwise)
    : Expression(span, Highest(condition, then, otherwise))
{
    /// <summary>What decides.</summary>
    public Expression Condition { get; } = condition;

    /// <summary>The value when it holds; null in <c>a ?: c</c>, where it is that of the condition.</summary>
    public Expression? Then { get; } = then;

    /// <summary>The value when it does not; null when there is no <c>else</c>.</summary>
    public Expression? Else { get; } = otherwise;
}

/// <summary>Statements in braces, and the value of what stands behind the last of them without a semicolon.</summary>
internal sealed class BlockExpression(SourceSpan span, IReadOnlyList<Statement> statements, Expression? value = null)
    : Expression(span, HighestOf(statements, value))
{
    public IReadOnlyList<Statement> Statements { get; } = statements;

    /// <summary>Null when the block has no value, as all bodies of probes and loops.</summary>
    public Expression? Value { get; } = value;
}

/// <summary><c>comptime x</c>: a value that must be known before the script runs.</summary>
internal sealed class ComptimeExpression(SourceSpan span, Expression operand) : Expression(span, Highest(operand))
{
    public Expression Operand { get; } = operand;
}

/// <summary>A call of a function, of a macro, or of a builtin that takes arguments: <c>kstack(perf, 3)</c>.</summary>
internal sealed class CallExpression(SourceSpan span, string name, IReadOnlyList<Expression> arguments) : Expression(span, HighestOf(arguments))
{
    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>The name alone.</summary>
    public SourceSpan NameSpan => Span with { Length = Math.Min(Name.Length, Span.Length) };

    /// <summary>What is between the parentheses; a <see cref="TypeArgument"/> is a type.</summary>
    public IReadOnlyList<Expression> Arguments { get; } = arguments;

    /// <summary>What the checker found the name to mean.</summary>
    public ScriptFunction Function { get; set; }

    /// <summary>The function of the script that it calls, where the checker found that it does.</summary>
    public FunctionDefinition? Definition { get; set; }

    /// <summary>The number, in the plan, of what is done outside of the kernel; null where nothing is.</summary>
    public int? Action { get; set; }

    /// <summary>The number, in the plan's list of texts, of a format or pattern that the value carries; null for none.</summary>
    public int? Text { get; set; }
}

/// <summary><c>typeof(x)</c> where a call takes a type.</summary>
internal sealed class TypeArgument(SourceSpan span, TypeSyntax operand) : Expression(span, Highest(operand))
{
    public TypeSyntax Operand { get; } = operand;
}
