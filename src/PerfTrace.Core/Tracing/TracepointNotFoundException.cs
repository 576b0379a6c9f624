namespace PerfTrace.Tracing;

/// <summary>There is no tracepoint of a name.</summary>
public sealed class TracepointNotFoundException(string name, IReadOnlyList<string> suggestions)
    : Exception(suggestions.Count == 0
        ? $"There is no tracepoint '{name}'."
        : $"There is no tracepoint '{name}'. Did you mean {string.Join(" or ", suggestions)}?")
{
    public string Name { get; } = name;

    /// <summary>The nearest names there are, best first.</summary>
    public IReadOnlyList<string> Suggestions { get; } = suggestions;
}
