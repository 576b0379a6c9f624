namespace PerfTrace.Events;

/// <summary>A <c>format</c> file that is not in the form that the kernel writes.</summary>
public sealed class EventFormatException(string eventName, int line, string problem)
    : FormatException($"The format of {eventName}, line {line}: {problem}")
{
    public int Line { get; } = line;
}
