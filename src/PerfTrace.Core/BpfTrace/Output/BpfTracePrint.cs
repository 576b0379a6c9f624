using System.ComponentModel;

namespace PerfTrace.BpfTrace;

/// <summary>
/// What a script printed. Where a format makes names plain (<c>"pid=%d comm=%s"</c>) the class is one that derives from this and has a property for each of them, too.
/// </summary>
public class BpfTracePrint
{
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected internal BpfTracePrint(object?[] values) => Values = values;

    /// <summary>The text, as bpftrace prints it.</summary>
    public string Text { get; internal set; } = "";

    /// <summary>The values that were printed, typed.</summary>
    public object?[] Values { get; }

    /// <summary>The probe that printed it.</summary>
    public string Probe { get; internal set; } = "";

    /// <summary>The value of a property.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected object? ValueAt(int index) => Values[index];

    /// <summary>The text without its last line end.</summary>
    public override string ToString() => Text.EndsWith('\n') ? Text[..^1] : Text;
}
