using System.ComponentModel;

namespace PerfTrace.BpfTrace;

/// <summary>A struct, or a tuple with names. The class of each type derives from this one and has a property for each field.</summary>
public abstract class BpfTraceRecord
{
    private readonly object?[] _values;

    [EditorBrowsable(EditorBrowsableState.Never)]
    protected BpfTraceRecord(object?[] values) => _values = values;

    internal Func<string>? Text { get; set; }

    /// <summary>The value of a property.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected object? ValueAt(int index) => _values[index];

    /// <summary>As bpftrace writes it: <c>{ .a = 1, .b = two }</c>.</summary>
    public override string ToString() => Text?.Invoke() ?? "";
}
