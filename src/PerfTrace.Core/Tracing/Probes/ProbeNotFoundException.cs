namespace PerfTrace.Tracing;

/// <summary>There is no probe of a name.</summary>
public sealed class ProbeNotFoundException(string name, string kind, IReadOnlyList<string> suggestions)
    : Exception(suggestions.Count == 0
        ? $"There is no {kind} '{name}'."
        : $"There is no {kind} '{name}'. Did you mean {string.Join(" or ", suggestions)}?")
{
    public string Name { get; } = name;

    /// <summary>The nearest names there are, best first.</summary>
    public IReadOnlyList<string> Suggestions { get; } = suggestions;
}
