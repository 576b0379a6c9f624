namespace PerfTrace.Perf;

/// <summary>A well-formed event string that names nothing on this machine.</summary>
public sealed class UnknownEventException : Exception
{
    public UnknownEventException(string eventName, string problem, IReadOnlyList<string> suggestions)
        : base(Describe(problem, suggestions))
    {
        EventName = eventName;
        Suggestions = suggestions;
    }

    public string EventName { get; }

    /// <summary>The nearest names there are, best first; empty when nothing is near.</summary>
    public IReadOnlyList<string> Suggestions { get; }

    private static string Describe(string problem, IReadOnlyList<string> suggestions) => suggestions.Count switch
    {
        0 => problem,
        1 => $"{problem} Did you mean {suggestions[0]}?",
        _ => $"{problem} Did you mean {string.Join(", ", suggestions.Take(suggestions.Count - 1))} or {suggestions[^1]}?",
    };
}
