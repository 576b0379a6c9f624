namespace PerfTrace.BpfTrace;

/// <summary>A bare name that is no builtin: a constant of an enumeration, a word that a function takes (<c>perf</c>, <c>boot</c>), the parameter of a macro.</summary>
internal sealed class IdentifierExpression(SourceSpan span, string name) : Expression(span, 0)
{
    public string Name { get; } = name;
}

/// <summary>A builtin variable: <c>pid</c>, <c>comm</c>, <c>arg0</c>.</summary>
internal sealed class BuiltinExpression(SourceSpan span, BuiltinVariable variable, int index = 0) : Expression(span, 0)
{
    /// <summary>Which.</summary>
    public BuiltinVariable Variable { get; } = variable;

    /// <summary>Which of <c>argN</c> and <c>sargN</c>; 0 for the others.</summary>
    public int Index { get; } = index;
}

/// <summary>A variable of a block.</summary>
internal sealed class ScratchVariable(SourceSpan span, string name) : Expression(span, 0)
{
    /// <summary>With its sign: <c>$x</c>.</summary>
    public string Name { get; } = name;

    /// <summary>The variable that the checker found it to be; null before.</summary>
    public LocalVariable? Variable { get; set; }
}

/// <summary>A map as a whole: an argument of <c>print</c>, a map without keys.</summary>
internal sealed class MapExpression(SourceSpan span, string name) : Expression(span, 0)
{
    /// <summary>With its sign: <c>@</c>, <c>@x</c>.</summary>
    public string Name { get; } = name;
}

/// <summary>A value of a map with keys.</summary>
internal sealed class MapAccess(SourceSpan span, MapExpression map, Expression key) : Expression(span, Highest(map, key))
{
    /// <summary>The map.</summary>
    public MapExpression Map { get; } = map;

    /// <summary>Its key; a tuple when there are several, as <c>@x[a, b]</c> and <c>@x[(a, b)]</c> are the same.</summary>
    public Expression Key { get; } = key;
}

/// <summary><c>$1</c>: a parameter of the command line.</summary>
internal sealed class PositionalParameter(SourceSpan span, int index) : Expression(span, 0)
{
    /// <summary>From 1.</summary>
    public int Index { get; } = index;
}

/// <summary><c>$#</c>: how many parameters there are.</summary>
internal sealed class PositionalCount(SourceSpan span) : Expression(span, 0);
