namespace PerfTrace.BpfTrace;

/// <summary>One of the C definitions at the head of a script.</summary>
internal abstract class CDefinition(SourceSpan span, int below) : Node(span, below);

/// <summary><c>struct x { … }</c> or a union.</summary>
internal sealed class CStructDefinition(SourceSpan span, TypeTag tag, string? name, IReadOnlyList<CField> fields, bool isPacked, int? alignment)
    : CDefinition(span, HighestOf(fields))
{
    /// <summary>Which of the two.</summary>
    public TypeTag Tag { get; } = tag;

    /// <summary>Null for one without a name inside another.</summary>
    public string? Name { get; } = name;

    /// <summary>Its members in order.</summary>
    public IReadOnlyList<CField> Fields { get; } = fields;

    /// <summary>Whether <c>__attribute__((packed))</c> stands beside it.</summary>
    public bool IsPacked { get; } = isPacked;

    /// <summary>What <c>__attribute__((aligned(n)))</c> asks for; null for what its members need.</summary>
    public int? Alignment { get; } = alignment;
}

/// <summary>What <c>__attribute__</c> says of where a type or a field lies.</summary>
/// <param name="IsPacked"><c>packed</c>: without gaps before it.</param>
/// <param name="Alignment"><c>aligned(n)</c>; null for what is needed.</param>
internal readonly record struct CAttributes(bool IsPacked, int? Alignment);

internal sealed class CField(SourceSpan span, TypeSyntax type, string? name, int? bits, CAttributes attributes = default) : Node(span, Highest(type))
{
    /// <summary>What it is.</summary>
    public TypeSyntax Type { get; } = type;

    /// <summary>Null for the member of a nested struct or union that has none; its fields are those of the outer one.</summary>
    public string? Name { get; } = name;

    /// <summary>The width of a bit field; null for a field of its own.</summary>
    public int? Bits { get; } = bits;

    public CAttributes Attributes { get; } = attributes;
}

/// <summary><c>enum x { A, B = 2 }</c>, with the value of each.</summary>
internal sealed class CEnumDefinition(SourceSpan span, string? name, IReadOnlyList<(string Name, long Value)> members) : CDefinition(span, 0)
{
    public string? Name { get; } = name;

    public IReadOnlyList<(string Name, long Value)> Members { get; } = members;
}

/// <summary><c>typedef unsigned int u32;</c>.</summary>
internal sealed class CTypedef(SourceSpan span, string name, TypeSyntax type, int? alignment = null) : CDefinition(span, Highest(type))
{
    public string Name { get; } = name;

    public TypeSyntax Type { get; } = type;

    /// <summary>What <c>__attribute__((aligned(n)))</c> asks for; null for that of the type.</summary>
    public int? Alignment { get; } = alignment;
}

/// <summary><c>#define NAME value</c>.</summary>
internal sealed class CDefine(SourceSpan span, string name, Expression? value) : CDefinition(span, Highest(value))
{
    public string Name { get; } = name;

    /// <summary>Null when it has none, or none that is an expression: an error where the name is used.</summary>
    public Expression? Value { get; } = value;
}
