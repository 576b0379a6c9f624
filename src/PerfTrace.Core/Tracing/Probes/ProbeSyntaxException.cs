namespace PerfTrace.Tracing;

/// <summary>A part of a probe's definition that must not reach the kernel, or that it could not take.</summary>
public sealed class ProbeSyntaxException(string text, string message) : ArgumentException(message)
{
    /// <summary>The part.</summary>
    public string Text { get; } = text;
}
