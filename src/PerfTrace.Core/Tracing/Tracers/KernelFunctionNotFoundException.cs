namespace PerfTrace.Tracing;

/// <summary>The kernel has no function of a name, or none that can be traced.</summary>
public sealed class KernelFunctionNotFoundException(string name, IReadOnlyList<string> suggestions)
    : Exception(suggestions.Count == 0
        ? $"There is no kernel function '{name}' that can be traced."
        : $"There is no kernel function '{name}' that can be traced. Did you mean {string.Join(" or ", suggestions)}?")
{
    public string Name { get; } = name;

    /// <summary>The nearest names there are, best first.</summary>
    public IReadOnlyList<string> Suggestions { get; } = suggestions;
}
