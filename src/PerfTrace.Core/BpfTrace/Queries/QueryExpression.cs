using PerfTrace.Events.Filtering;

namespace PerfTrace.BpfTrace;

/// <summary>A condition on an event, or a value of it, in terms of its properties; PowerShell's meaning, whatever the kernel makes of it.</summary>
/// <param name="Span">Its place in what the user wrote.</param>
public abstract record QueryExpression(SourceSpan Span)
{
    /// <summary>What was known before: a number, text, boolean or null.</summary>
    public sealed record Known(object? Value, SourceSpan Span) : QueryExpression(Span);

    /// <summary>A field of the event, or what is known beside it (<c>CommandName</c>, <c>ProcessId</c>); in any case.</summary>
    public sealed record Property(string Name, SourceSpan Span) : QueryExpression(Span);

    public sealed record Unary(QueryOperator Operator, QueryExpression Operand, SourceSpan Span) : QueryExpression(Span);

    public sealed record Binary(QueryExpression Left, QueryOperator Operator, QueryExpression Right, SourceSpan Span) : QueryExpression(Span);

    /// <summary>A comparison; of texts with or without regard to case.</summary>
    public sealed record Compare(QueryExpression Left, ComparisonOperator Operator, QueryExpression Right, bool IsCaseSensitive, SourceSpan Span) : QueryExpression(Span);

    /// <summary>A text compared with a wildcard pattern (<c>-like</c>), or with a regular expression (<c>-match</c>).</summary>
    public sealed record Like(QueryExpression Text, string Pattern, bool IsRegex, bool IsCaseSensitive, SourceSpan Span) : QueryExpression(Span);
}
