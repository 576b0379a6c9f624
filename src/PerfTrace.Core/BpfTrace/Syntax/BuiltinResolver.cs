namespace PerfTrace.BpfTrace;

/// <summary>Finds the builtin variables among the names, and among the calls without arguments: <c>pid()</c> is <c>pid</c>.</summary>
/// <param name="diagnostics">Where what is wrong is told.</param>
internal sealed class BuiltinResolver(List<ScriptDiagnostic> diagnostics) : TreeRewriter(diagnostics)
{
    protected override Expression RewriteParts(Expression expression)
    {
        string? name = expression switch
        {
            IdentifierExpression identifier => identifier.Name,
            CallExpression { Arguments.Count: 0 } call => call.Name,
            _ => null,
        };
        return name is not null && BuiltinVariable.Find(name) is var (variable, index)
            ? new BuiltinExpression(expression.Span, variable, index)
            : base.RewriteParts(expression);
    }
}
