namespace PerfTrace.BpfTrace;

/// <summary>Several values in one: <c>$tuple[0]</c>.</summary>
public sealed class BpfTraceTuple
{
    private readonly Func<string> _text;

    internal BpfTraceTuple(object?[] items, Func<string> text)
    {
        Items = items;
        _text = text;
    }

    /// <summary>The values.</summary>
    public object?[] Items { get; }

    /// <summary>How many there are.</summary>
    public int Count => Items.Length;

    /// <summary>One of them, from 0.</summary>
    public object? this[int index] => Items[index];

    /// <summary>As bpftrace writes it: <c>(1, two)</c>.</summary>
    public override string ToString() => _text();
}
