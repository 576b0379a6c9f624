namespace PerfTrace.Perf;

/// <summary>An event string that does not follow the syntax; says where.</summary>
public sealed class EventSyntaxException(string text, int position, string problem)
    : FormatException($"Event '{text}', at character {position + 1}: {problem}")
{
    public string Text { get; } = text;

    /// <summary>Zero-based index into <see cref="Text"/>.</summary>
    public int Position { get; } = position;
}
