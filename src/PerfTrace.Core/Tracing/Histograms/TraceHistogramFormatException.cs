namespace PerfTrace.Tracing;

/// <summary>A <c>hist</c> file that is not in the form that the kernel writes.</summary>
public sealed class TraceHistogramFormatException(int line, string problem) : FormatException($"The histogram, line {line}: {problem}")
{
    public int Line { get; } = line;
}
