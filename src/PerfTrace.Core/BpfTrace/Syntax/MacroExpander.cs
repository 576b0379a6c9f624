using System.Globalization;

namespace PerfTrace.BpfTrace;

/// <summary>
/// Puts what macros and constants stand for in their place. A macro becomes a block with its own variables; only the maps, variables and expressions that the
/// call names get into it.
/// </summary>
internal sealed class MacroExpander : TreeRewriter
{
    /// <summary>How many nodes expansions may bring: macros that call macros twice grow without measure.</summary>
    private const int MostNodes = 500_000;

    private const int MostNested = 50;

    private readonly Dictionary<string, List<MacroDefinition>> macros = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CDefine> constants = new(StringComparer.Ordinal);
    private readonly Stack<string> open = new();
    private Expansion? current;
    private int expansions;
    private int nodes;

    private MacroExpander(ScriptTree tree, List<ScriptDiagnostic> diagnostics)
        : base(diagnostics)
    {
        foreach (CDefine constant in tree.Definitions.OfType<CDefine>())
            constants[constant.Name] = constant;
        foreach (MacroDefinition macro in tree.Macros)
            Add(macro);
    }

    /// <summary>The tree without its macros.</summary>
    public static ScriptTree Expand(ScriptTree tree, List<ScriptDiagnostic> diagnostics) =>
        tree.Macros.Count == 0 && !tree.Definitions.Any(static d => d is CDefine) ? tree : new MacroExpander(tree, diagnostics).Rewrite(tree) with { Macros = [] };

    // What an expansion sees of the place that it is called from.
    private sealed class Expansion(ScriptSource source, string macro, SourceSpan call, int? number)
    {
        private readonly ScriptSource expanded = source.ExpandedAt(macro, call);

        public Dictionary<string, Expression> Arguments { get; } = new(StringComparer.Ordinal);

        /// <summary>What makes the names of its variables its own; null of a constant, whose text is the caller's.</summary>
        public string? Suffix { get; } = number is null ? null : string.Create(CultureInfo.InvariantCulture, $"#{number}");

        public SourceSpan Place(SourceSpan span) => span.Source == source ? span with { Source = expanded } : span;
    }

    private void Add(MacroDefinition macro)
    {
        if (!macros.TryGetValue(macro.Name, out List<MacroDefinition>? named))
            macros[macro.Name] = named = [];
        if (named.Find(m => Takes(m, macro.Parameters)) is { } first)
        {
            Diagnostics.Add(new ScriptDiagnostic(ScriptSeverity.Error, macro.Span, $"the macro '{macro.Name}' is already defined for such arguments",
                $"at {first.Span}"));
            return;
        }
        named.Add(macro);
    }

    private static bool Takes(MacroDefinition macro, IReadOnlyList<Expression> arguments) =>
        macro.Parameters.Count == arguments.Count && macro.Parameters.Zip(arguments).All(static pair => Takes(pair.First, pair.Second));

    private static bool Takes(Expression parameter, Expression argument) => parameter switch
    {
        MapExpression => argument is MapExpression,
        ScratchVariable => argument is ScratchVariable,
        _ => true,
    };

    protected override bool IsCopy => current is not null;

    protected override SourceSpan Place(SourceSpan span) => current?.Place(span) ?? span;

    protected override Expression RewriteParts(Expression expression)
    {
        if (current is not null)
            Count(Place(expression.Span));
        return expression switch
        {
            IdentifierExpression name => RewriteName(name),
            CallExpression call => RewriteCall(call),
            _ => base.RewriteParts(expression),
        };
    }

    // A parameter, a macro without parameters, a constant; any other name stays.
    private Expression RewriteName(IdentifierExpression name)
    {
        if (current is not null && current.Arguments.TryGetValue(name.Name, out Expression? argument))
            return argument is TypeArgument ? throw new SyntaxError(Place(name.Span), $"'{name.Name}' is a type here, and a value is needed") : Brought(argument);
        if (Find(name.Name, [], Place(name.Span)) is { } macro)
            return Expand(macro, [], Place(name.Span));
        return constants.TryGetValue(name.Name, out CDefine? constant) ? Expand(constant, Place(name.Span)) : base.RewriteParts(name);
    }

    private Expression RewriteCall(CallExpression call)
    {
        if (!macros.ContainsKey(call.Name))
            return base.RewriteParts(call);
        // Arguments belong to the caller: they are rewritten here, before the macro's own names are there.
        var arguments = new List<Expression>(call.Arguments.Count);
        foreach (Expression argument in call.Arguments)
            arguments.Add(Rewrite(argument));
        return Find(call.Name, arguments, Place(call.Span)) is { } macro
            ? Expand(macro, arguments, Place(call.Span))
            : new CallExpression(Place(call.Span), call.Name, arguments);
    }

    // An argument in the place of its parameter, each time as nodes of its own. It is not looked into again: that was done where the call stands.
    private Expression Brought(Expression argument)
    {
        Count(argument.Span);
        return new TreeCopy(Diagnostics, Count).Rewrite(argument);
    }

    // A macro of a builtin's name with other parameters leaves the builtin as it is.
    private MacroDefinition? Find(string name, IReadOnlyList<Expression> arguments, SourceSpan call)
    {
        if (!macros.TryGetValue(name, out List<MacroDefinition>? named))
            return null;
        return named.Find(m => Takes(m, arguments)) ?? (BuiltinVariable.Find(name) is null ? throw NoSuch(named, arguments, call) : null);
    }

    private BlockExpression Expand(MacroDefinition macro, IReadOnlyList<Expression> arguments, SourceSpan call)
    {
        Enter(macro.Name, call);
        var expansion = new Expansion(macro.Span.Source, macro.Name, call, ++expansions);
        for (int i = 0; i < arguments.Count; i++)
        {
            // A variable that stands for a value can not be assigned through it.
            expansion.Arguments[NameOf(macro.Parameters[i])] = macro.Parameters[i] is IdentifierExpression && arguments[i] is ScratchVariable or MapExpression
                ? new BlockExpression(arguments[i].Span, [], arguments[i])
                : arguments[i];
        }
        Expansion? caller = current;
        current = expansion;
        BlockExpression body = RewriteBlock(macro.Body);
        current = caller;
        open.Pop();
        return body;
    }

    private Expression Expand(CDefine constant, SourceSpan use)
    {
        if (constant.Value is null)
            throw new SyntaxError(use, $"'{constant.Name}' has no value that is an expression", $"it is defined at {constant.Span}");
        Enter(constant.Name, use);
        Expansion? caller = current;
        current = new Expansion(constant.Span.Source, constant.Name, use, null);
        Expression value = Rewrite(constant.Value);
        current = caller;
        open.Pop();
        return value;
    }

    private void Enter(string name, SourceSpan use)
    {
        if (open.Contains(name))
            throw new SyntaxError(use, $"the macro '{name}' comes to itself: {string.Join(" > ", open.Reverse().SkipWhile(n => n != name))} > {name}");
        if (open.Count == MostNested)
            throw new SyntaxError(use, $"more than {MostNested.ToString(CultureInfo.InvariantCulture)} macros within each other");
        open.Push(name);
    }

    private void Count(SourceSpan span)
    {
        if (++nodes > MostNodes)
            throw new SyntaxError(span, $"macros bring more than {MostNodes.ToString(CultureInfo.InvariantCulture)} nodes into the script");
    }

    private static SyntaxError NoSuch(List<MacroDefinition> named, IReadOnlyList<Expression> arguments, SourceSpan call)
    {
        MacroDefinition nearest = named.MinBy(m => Math.Abs(m.Parameters.Count - arguments.Count))!;
        string hint = $"the nearest is at {nearest.Span}: {nearest.Name}({string.Join(", ", nearest.Parameters.Select(NameOf))})";
        if (nearest.Parameters.Count != arguments.Count)
            return new SyntaxError(call, $"no macro '{nearest.Name}' takes {arguments.Count.ToString(CultureInfo.InvariantCulture)} arguments", hint);
        (Expression parameter, Expression argument) = nearest.Parameters.Zip(arguments).First(static pair => !Takes(pair.First, pair.Second));
        return new SyntaxError(argument.Span, $"the macro '{nearest.Name}' needs a {(parameter is MapExpression ? "map" : "variable")} here, for {NameOf(parameter)}", hint);
    }

    private static string NameOf(Expression parameter) => parameter switch
    {
        ScratchVariable variable => variable.Name,
        MapExpression map => map.Name,
        _ => ((IdentifierExpression)parameter).Name,
    };

    // The variables of a macro are those of its call, or its own, which no other expansion has.
    protected override ScratchVariable RewriteVariable(ScratchVariable variable) =>
        current is null ? variable
        : current.Arguments.TryGetValue(variable.Name, out Expression? passed) ? new ScratchVariable(Place(variable.Span), ((ScratchVariable)passed).Name)
        : new ScratchVariable(Place(variable.Span), variable.Name + current.Suffix);

    protected override MapExpression RewriteMap(MapExpression map) =>
        current is null ? map
        : current.Suffix is null ? base.RewriteMap(map)
        : current.Arguments.TryGetValue(map.Name, out Expression? passed) ? new MapExpression(Place(map.Span), ((MapExpression)passed).Name)
        : throw new SyntaxError(Place(map.Span), $"the map {map.Name} was not given to the macro", "a macro reaches maps only as arguments: macro name(@a) { @a++ }");

    protected override TypeSyntax Rewrite(TypeSyntax type)
    {
        if (current is null || type is not (NamedTypeSyntax or TaggedTypeSyntax))
            return base.Rewrite(type);
        if (type is TaggedTypeSyntax tagged)
        {
            return !current.Arguments.TryGetValue(tagged.Name, out Expression? tag) ? base.Rewrite(type)
                : new TaggedTypeSyntax(Place(type.Span), tagged.Tag, NameIn(tag) ?? throw new SyntaxError(tag.Span, $"the name of a {OperatorText.Of(tagged.Tag)} is needed here"));
        }
        return !current.Arguments.TryGetValue(((NamedTypeSyntax)type).Name, out Expression? argument) ? base.Rewrite(type)
            : argument switch
            {
                TypeArgument { Operand: var operand } => new TreeCopy(Diagnostics, Count).RewriteType(operand),
                IdentifierExpression name => new NamedTypeSyntax(Place(type.Span), name.Name),
                _ => new TypeofSyntax(Place(type.Span), Brought(argument)),
            };
    }

    private static string? NameIn(Expression argument) => argument switch
    {
        IdentifierExpression name => name.Name,
        TypeArgument { Operand: NamedTypeSyntax name } => name.Name,
        TypeArgument { Operand: TypeofSyntax { Operand: IdentifierExpression name } } => name.Name,
        _ => null,
    };

    // "offsetof(t, f)" of a macro whose parameter f is "a" or "a.b".
    protected override IReadOnlyList<string> RewriteFields(IReadOnlyList<string> fields)
    {
        if (fields is not [var only] || current is null || !current.Arguments.TryGetValue(only, out Expression? argument))
            return fields;
        var path = new List<string>();
        Expression part = argument;
        for (; part is FieldAccess field; part = field.Target)
            path.Insert(0, field.Field);
        path.Insert(0, (part as IdentifierExpression ?? throw new SyntaxError(argument.Span, "a field is needed here, or a path of fields: a.b")).Name);
        return path;
    }
}
