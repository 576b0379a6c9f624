namespace PerfTrace.BpfTrace;

/// <summary><c>config = { max_strlen = 64 }</c>.</summary>
internal sealed class ConfigBlock(SourceSpan span, IReadOnlyList<ConfigSetting> settings) : Node(span, HighestOf(settings))
{
    public IReadOnlyList<ConfigSetting> Settings { get; } = settings;
}

internal sealed class ConfigSetting(SourceSpan span, string key, Expression value) : Node(span, Highest(value))
{
    /// <summary>As it was written.</summary>
    public string Key { get; } = key;

    /// <summary>A literal, or an <see cref="IdentifierExpression"/> for a word.</summary>
    public Expression Value { get; } = value;
}

/// <summary><c>import "path";</c>.</summary>
internal sealed class ImportDirective(SourceSpan span, string path) : Node(span, 0)
{
    public string Path { get; } = path;
}

/// <summary><c>let @x = lruhash(100);</c>.</summary>
internal sealed class MapDeclaration(SourceSpan span, string name, string kind, ulong capacity) : Node(span, 0)
{
    /// <summary>With its sign.</summary>
    public string Name { get; } = name;

    /// <summary>The name of the map type, as it was written.</summary>
    public string Kind { get; } = kind;

    public ulong Capacity { get; } = capacity;
}

/// <summary><c>macro name($a, @b, c) { … }</c>.</summary>
internal sealed class MacroDefinition(SourceSpan span, string name, IReadOnlyList<Expression> parameters, BlockExpression body)
    : Node(span, HighestOf(parameters, body))
{
    public string Name { get; } = name;

    /// <summary>Each a <see cref="ScratchVariable"/>, a <see cref="MapExpression"/> or an <see cref="IdentifierExpression"/>.</summary>
    public IReadOnlyList<Expression> Parameters { get; } = parameters;

    public BlockExpression Body { get; } = body;
}

/// <summary><c>fn name($a: uint64): uint64 { … }</c>.</summary>
internal sealed class FunctionDefinition(SourceSpan span, string name, IReadOnlyList<FunctionParameter> parameters, TypeSyntax returnType, BlockExpression body)
    : Node(span, HighestOf(parameters, body))
{
    public string Name { get; } = name;

    public IReadOnlyList<FunctionParameter> Parameters { get; } = parameters;

    public TypeSyntax ReturnType { get; } = returnType;

    public BlockExpression Body { get; } = body;

    /// <summary>The type that the checker found for what it returns.</summary>
    public ScriptType? Result { get; set; }
}

internal sealed class FunctionParameter(SourceSpan span, ScratchVariable variable, TypeSyntax declaredType) : Node(span, Highest(variable, declaredType))
{
    public ScratchVariable Variable { get; } = variable;

    public TypeSyntax DeclaredType { get; } = declaredType;
}

/// <summary>A list of attach points, a predicate and what is done.</summary>
internal sealed class Probe(SourceSpan span, IReadOnlyList<AttachPoint> attachPoints, Expression? predicate, BlockExpression body)
    : Node(span, Math.Max(HighestOf(attachPoints), Highest(predicate, body)))
{
    public IReadOnlyList<AttachPoint> AttachPoints { get; } = attachPoints;

    /// <summary>Null when there is none.</summary>
    public Expression? Predicate { get; } = predicate;

    public BlockExpression Body { get; } = body;
}
