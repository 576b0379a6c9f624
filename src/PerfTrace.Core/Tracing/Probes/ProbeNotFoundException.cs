namespace PerfTrace.Tracing;

/// <summary>There is no probe of a name.</summary>
/// <param name="name">The name.</param>
/// <param name="kind">What probes these are, in words.</param>
/// <param name="suggestions">The nearest names there are, best first.</param>
/// <param name="others">Where no name is near: a sentence, with a space before it, of those there are.</param>
public sealed class ProbeNotFoundException(string name, string kind, IReadOnlyList<string> suggestions, string others = "")
    : Exception(suggestions.Count == 0
        ? $"There is no {kind} '{name}'.{others}"
        : $"There is no {kind} '{name}'. Did you mean {string.Join(" or ", suggestions)}?")
{
    public string Name { get; } = name;

    /// <summary>The nearest names there are, best first.</summary>
    public IReadOnlyList<string> Suggestions { get; } = suggestions;
}
