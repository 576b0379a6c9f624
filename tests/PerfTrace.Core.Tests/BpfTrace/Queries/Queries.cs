using PerfTrace.BpfTrace;
using PerfTrace.Events.Filtering;

namespace PerfTrace.Tests.BpfTrace.Queries;

/// <summary>Makes queries, as the cmdlet does of what the user writes.</summary>
internal static class Queries
{
    public static SourceSpan Span(string text) => new(new ScriptSource("test", text), 0, text.Length);

    public static QueryExpression Property(string name) => new QueryExpression.Property(name, Span(name));

    public static QueryExpression Known(object? value) => new QueryExpression.Known(value, Span($"{value}"));

    public static QueryExpression Is(string name, ComparisonOperator comparison, object? value, bool isCaseSensitive = false) =>
        new QueryExpression.Compare(Property(name), comparison, Known(value), isCaseSensitive, Span($"{name} {comparison} {value}"));

    public static QueryExpression Like(string name, string pattern, bool isRegex = false, bool isCaseSensitive = true) =>
        new QueryExpression.Like(Property(name), pattern, isRegex, isCaseSensitive, Span(pattern));

    public static QueryExpression And(QueryExpression left, QueryExpression right) => new QueryExpression.Binary(left, QueryOperator.And, right, Span("-and"));

    public static QueryExpression Calculate(QueryExpression left, QueryOperator operation, QueryExpression right) => new QueryExpression.Binary(left, operation, right, Span($"{operation}"));

    public static QueryColumn By(string name) => new(name, Property(name));
}
