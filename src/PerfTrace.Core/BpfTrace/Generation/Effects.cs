namespace PerfTrace.BpfTrace;

/// <summary>Finds out whether an expression changes variables or maps: what stands before it then has to be read before.</summary>
internal sealed class Effects : TreeRewriter
{
    private bool _isFound;

    private Effects()
        : base([])
    {
    }

    /// <summary>It has a step (<c>$x++</c>) or a block in it.</summary>
    public static bool In(Expression expression)
    {
        var finder = new Effects();
        finder.Rewrite(expression);
        return finder._isFound;
    }

    protected override Expression RewriteParts(Expression expression)
    {
        _isFound |= expression is BlockExpression
            or UnaryExpression { Operator: UnaryOperator.PreIncrement or UnaryOperator.PreDecrement or UnaryOperator.PostIncrement or UnaryOperator.PostDecrement };
        return _isFound ? expression : expression.Meaning is { } meaning ? RewriteParts(meaning) : base.RewriteParts(expression);
    }
}
