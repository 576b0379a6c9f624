using System.Globalization;
using PerfTrace.Kernel;

namespace PerfTrace.BpfTrace;

/// <summary>Puts the parameters of the command line in their place: <c>$1</c>, <c>$#</c>, <c>str($1)</c>, <c>getopt("name", 5)</c>.</summary>
internal sealed class ParameterBinder : TreeRewriter
{
    private readonly ScriptOptions options;

    // The default of each named parameter, where it was seen first.
    private readonly Dictionary<string, (Expression Default, SourceSpan Span)> asked = new(StringComparer.Ordinal);

    private ParameterBinder(ScriptOptions options, List<ScriptDiagnostic> diagnostics)
        : base(diagnostics) => this.options = options;

    public static ScriptTree Bind(ScriptTree tree, ScriptOptions options, List<ScriptDiagnostic> diagnostics)
    {
        var binder = new ParameterBinder(options, diagnostics);
        ScriptTree bound = binder.Rewrite(tree);
        foreach (string name in options.NamedParameters.Keys.Where(n => !binder.asked.ContainsKey(n)))
        {
            IReadOnlyList<string> near = NearestNames.Find(name, binder.asked.Keys);
            diagnostics.Add(new ScriptDiagnostic(ScriptSeverity.Error, tree.Source.Span(0, 0), $"the script asks for no parameter '{name}'",
                near.Count > 0 ? $"did you mean {string.Join(" or ", near)}?" : binder.asked.Count > 0 ? $"it asks for {string.Join(", ", binder.asked.Keys)}" : null));
        }
        return bound;
    }

    protected override Expression RewriteParts(Expression expression) => expression switch
    {
        PositionalCount => new IntegerLiteral(expression.Span, (ulong)options.Parameters.Count),
        PositionalParameter parameter => Value(parameter),
        CallExpression { Name: "str", Arguments: [PositionalParameter parameter, ..] } call => WithFirst(call, Text(parameter)),
        CallExpression { Name: "str", Arguments: [BinaryExpression { Left: PositionalParameter parameter, Operator: BinaryOperator.Add } sum, ..] } call =>
            WithFirst(call, new BinaryExpression(sum.Span, Text(parameter), sum.Operator, sum.Right)),
        CallExpression { Name: "getopt" } call => Option(call),
        _ => base.RewriteParts(expression),
    };

    private Expression WithFirst(CallExpression call, Expression first) =>
        base.RewriteParts(new CallExpression(call.Span, call.Name, [first, .. call.Arguments.Skip(1)]));

    private StringLiteral Text(PositionalParameter parameter) =>
        new(parameter.Span, parameter.Index <= options.Parameters.Count ? options.Parameters[parameter.Index - 1] : "");

    // A number if it is one.
    private Expression Value(PositionalParameter parameter)
    {
        if (parameter.Index <= options.Parameters.Count)
            return Number(parameter.Span, options.Parameters[parameter.Index - 1]) ?? (Expression)Text(parameter);
        Diagnostics.Add(new ScriptDiagnostic(ScriptSeverity.Warning, parameter.Span,
            string.Create(CultureInfo.InvariantCulture, $"the parameter ${parameter.Index} was not given: it is 0")));
        return new IntegerLiteral(parameter.Span, 0);
    }

    private static IntegerLiteral? Number(SourceSpan span, string text)
    {
        bool isNegative = text.StartsWith('-');
        if (IntegerText.Parse(isNegative ? text.AsSpan(1) : text, out _) is not { } value || isNegative && value > 1UL << 63)
            return null;
        return new IntegerLiteral(span, isNegative ? unchecked(0 - value) : value, isNegative && value != 0);
    }

    private Expression Option(CallExpression call)
    {
        if (call.Arguments is not [StringLiteral { Value: var name }, ..] || call.Arguments.Count > 3)
            throw new SyntaxError(call.Span, "getopt needs a name between quotes, a default value and a description", "getopt(\"count\", 5, \"how often\")");
        if (call.Arguments.Count == 3 && call.Arguments[2] is not StringLiteral)
            throw new SyntaxError(call.Arguments[2].Span, "the description of a parameter must be a text between quotes");
        Expression usual = call.Arguments.Count == 1 ? new BooleanLiteral(call.Span, false) : Default(call.Arguments[1]);
        if (!asked.TryAdd(name, (usual, call.Span)) && ScriptPrinter.Print(asked[name].Default) != ScriptPrinter.Print(usual))
            throw new SyntaxError(call.Span, $"the parameter '{name}' has another default value elsewhere", $"at {asked[name].Span} it is {ScriptPrinter.Print(asked[name].Default)}");
        return options.NamedParameters.TryGetValue(name, out string? given) ? Given(call, name, usual, given) : usual;
    }

    private static Expression Default(Expression written) => written switch
    {
        IntegerLiteral or StringLiteral or BooleanLiteral => written,
        UnaryExpression { Operator: UnaryOperator.Negate, Operand: IntegerLiteral { Value: <= 1UL << 63 } integer } =>
            new IntegerLiteral(written.Span, unchecked(0 - integer.Value), integer.Value != 0),
        _ => throw new SyntaxError(written.Span, "the default value of a parameter must be a number, a text between quotes, true or false"),
    };

    private static Expression Given(CallExpression call, string name, Expression usual, string? given) => usual switch
    {
        BooleanLiteral => given?.ToLowerInvariant() switch
        {
            null or "true" or "1" => new BooleanLiteral(call.Span, true),
            "false" or "0" => new BooleanLiteral(call.Span, false),
            _ => throw new SyntaxError(call.Span, $"the parameter '{name}' must be true or false, not '{given}'"),
        },
        IntegerLiteral => Number(call.Span, given ?? "") ?? throw new SyntaxError(call.Span, $"the parameter '{name}' must be a number, not '{given}'"),
        _ => given is null ? throw new SyntaxError(call.Span, $"the parameter '{name}' needs a value") : new StringLiteral(call.Span, given),
    };
}
