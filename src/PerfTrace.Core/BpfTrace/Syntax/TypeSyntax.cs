namespace PerfTrace.BpfTrace;

/// <summary>A type as it is written.</summary>
internal abstract class TypeSyntax(SourceSpan span, int below) : Node(span, below);

/// <summary>A name alone: <c>uint32</c>, <c>string</c>, a typedef; in a C definition also <c>unsigned long</c>, its words in C's usual order.</summary>
internal sealed class NamedTypeSyntax(SourceSpan span, string name) : TypeSyntax(span, 0)
{
    public string Name { get; } = name;
}

/// <summary><c>struct x</c>, <c>union x</c> or <c>enum x</c>.</summary>
internal sealed class TaggedTypeSyntax(SourceSpan span, TypeTag tag, string name) : TypeSyntax(span, 0)
{
    public TypeTag Tag { get; } = tag;

    public string Name { get; } = name;
}

internal sealed class PointerTypeSyntax(SourceSpan span, TypeSyntax element) : TypeSyntax(span, Highest(element))
{
    public TypeSyntax Element { get; } = element;
}

/// <summary><c>int32[4]</c>; of <c>string</c>, <c>buffer</c> and <c>inet</c> the size that they hold.</summary>
internal sealed class ArrayTypeSyntax(SourceSpan span, TypeSyntax element, ulong? length) : TypeSyntax(span, Highest(element))
{
    public TypeSyntax Element { get; } = element;

    /// <summary>Null when it is left to the value: <c>int8[]</c>.</summary>
    public ulong? Length { get; } = length;
}

/// <summary>The type of an expression that is not evaluated: <c>typeof($x)</c>, or the operand of <c>sizeof($x)</c>.</summary>
internal sealed class TypeofSyntax(SourceSpan span, Expression operand) : TypeSyntax(span, Highest(operand))
{
    public Expression Operand { get; } = operand;
}

/// <summary>A struct, union or enum that is defined where it is used, in a C definition.</summary>
internal sealed class DefinedTypeSyntax(SourceSpan span, CDefinition definition) : TypeSyntax(span, Highest(definition))
{
    public CDefinition Definition { get; } = definition;
}

internal enum TypeTag
{
    Struct,
    Union,
    Enum,
}
