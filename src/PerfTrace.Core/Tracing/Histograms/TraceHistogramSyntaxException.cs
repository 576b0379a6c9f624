namespace PerfTrace.Tracing;

/// <summary>A part of a histogram or of a synthetic event that is in no form that could be one; the kernel was not asked.</summary>
public sealed class TraceHistogramSyntaxException(string message) : FormatException(message);
