namespace PerfTrace.BpfTrace;

/// <summary>What a script has given: objects, and the text that bpftrace prints for them.</summary>
public sealed class BpfTraceOutput
{
    private readonly Func<string> _text;
    private readonly Func<object[]> _objects;

    internal BpfTraceOutput(Func<string> text, Func<object[]> objects, ScriptDiagnostic? message = null)
    {
        _text = text;
        _objects = objects;
        Message = message;
    }

    /// <summary>As bpftrace prints it, with its line ends.</summary>
    public string Text => _text();

    /// <summary>The text starts on a line of its own, wherever what was printed before has ended.</summary>
    public bool StartsLine { get; internal init; }

    /// <summary>A <see cref="BpfTracePrint"/>, the <see cref="BpfTraceMapEntry"/> of a map, or the <see cref="PerfTrace.Bpf.BpfPin"/> of an iterator that is kept as a file.</summary>
    public object[] Objects => _objects();

    /// <summary>An error or warning of the script's; then there is nothing else.</summary>
    public ScriptDiagnostic? Message { get; }
}
