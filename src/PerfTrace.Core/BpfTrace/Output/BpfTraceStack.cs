using PerfTrace.Symbols;

namespace PerfTrace.BpfTrace;

/// <summary>A call stack, the innermost frame first.</summary>
public sealed class BpfTraceStack
{
    private readonly string _text;

    internal BpfTraceStack(StackFrame[] frames, bool isUser, string text)
    {
        Frames = frames;
        IsUser = isUser;
        _text = text;
    }

    /// <summary>The frames.</summary>
    public StackFrame[] Frames { get; }

    /// <summary>It is of the process, else of the kernel.</summary>
    public bool IsUser { get; }

    /// <summary>As bpftrace writes it: a line for each frame, and a line end before the first.</summary>
    public override string ToString() => _text;
}
