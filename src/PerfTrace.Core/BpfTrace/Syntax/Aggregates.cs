namespace PerfTrace.BpfTrace;

/// <summary><c>x.field</c>; <c>x->field</c> says the same.</summary>
internal sealed class FieldAccess(SourceSpan span, Expression target, string field) : Expression(span, Highest(target))
{
    public Expression Target { get; } = target;

    public string Field { get; } = field;
}

/// <summary><c>x.0</c>: an element of a tuple.</summary>
internal sealed class TupleAccess(SourceSpan span, Expression target, int index) : Expression(span, Highest(target))
{
    public Expression Target { get; } = target;

    public int Index { get; } = index;
}

/// <summary><c>x[i]</c> of an array, a pointer, a string or a tuple.</summary>
internal sealed class IndexExpression(SourceSpan span, Expression target, Expression index) : Expression(span, Highest(target, index))
{
    public Expression Target { get; } = target;

    public Expression Index { get; } = index;
}

/// <summary><c>(a, b)</c>, <c>(a,)</c> or <c>()</c>.</summary>
internal sealed class TupleExpression(SourceSpan span, IReadOnlyList<Expression> elements) : Expression(span, HighestOf(elements))
{
    public IReadOnlyList<Expression> Elements { get; } = elements;
}

/// <summary><c>(a = 1, b = "x")</c>.</summary>
internal sealed class RecordExpression(SourceSpan span, IReadOnlyList<RecordElement> elements) : Expression(span, HighestOf(elements))
{
    public IReadOnlyList<RecordElement> Elements { get; } = elements;
}

internal sealed class RecordElement(SourceSpan span, string name, Expression value) : Node(span, Highest(value))
{
    public string Name { get; } = name;

    public Expression Value { get; } = value;
}

/// <summary><c>sizeof(x)</c>.</summary>
internal sealed class SizeofExpression(SourceSpan span, TypeSyntax operand) : Expression(span, Highest(operand))
{
    public TypeSyntax Operand { get; } = operand;
}

/// <summary><c>offsetof(struct x, a.b)</c>.</summary>
internal sealed class OffsetofExpression(SourceSpan span, TypeSyntax operand, IReadOnlyList<string> fields) : Expression(span, Highest(operand))
{
    public TypeSyntax Operand { get; } = operand;

    public IReadOnlyList<string> Fields { get; } = fields;
}

/// <summary><c>typeinfo(x)</c>: what the checker found, as a value.</summary>
internal sealed class TypeinfoExpression(SourceSpan span, TypeSyntax operand) : Expression(span, Highest(operand))
{
    public TypeSyntax Operand { get; } = operand;
}
