namespace PerfTrace.BpfTrace;

/// <summary>The same tree of other nodes, as the checker notes in each node what it finds in its place.</summary>
/// <param name="diagnostics">Where what is wrong is told.</param>
/// <param name="count">What is told of each node.</param>
internal sealed class TreeCopy(List<ScriptDiagnostic> diagnostics, Action<SourceSpan> count) : TreeRewriter(diagnostics)
{
    protected override bool IsCopy => true;

    protected override Expression RewriteParts(Expression expression)
    {
        count(expression.Span);
        return base.RewriteParts(expression);
    }

    public TypeSyntax RewriteType(TypeSyntax type) => Rewrite(type);
}
