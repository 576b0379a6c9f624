namespace PerfTrace.BpfTrace;

/// <summary>A function of a script needs more stack than the kernel gives a program.</summary>
public sealed class ScriptStackException(SourceSpan span, int size)
    : Exception($"it needs {size} bytes of stack at a time, and the kernel gives a program {IrFrame.Limit}")
{
    /// <summary>The part of the script that the function is made of.</summary>
    public SourceSpan Span { get; } = span;
}
