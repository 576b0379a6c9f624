namespace PerfTrace.Symbols;

/// <summary>There is no symbol of a name, in a file or in the kernel.</summary>
public sealed class SymbolNotFoundException(string symbol, string where, IReadOnlyList<string> suggestions, string? advice = null)
    : Exception(Describe(symbol, where, suggestions, advice))
{
    public string Symbol { get; } = symbol;

    /// <summary>The nearest names there are, best first.</summary>
    public IReadOnlyList<string> Suggestions { get; } = suggestions;

    private static string Describe(string symbol, string where, IReadOnlyList<string> suggestions, string? advice)
    {
        string text = $"There is no function '{symbol}' in {where}.";
        if (suggestions.Count > 0)
            text += $" Did you mean {string.Join(" or ", suggestions)}?";
        return advice is null ? text : $"{text} {advice}";
    }
}
