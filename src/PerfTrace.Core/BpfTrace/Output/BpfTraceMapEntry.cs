namespace PerfTrace.BpfTrace;

/// <summary>An entry of a map of a script.</summary>
public sealed class BpfTraceMapEntry
{
    private readonly Func<string> _text;

    internal BpfTraceMapEntry(string map, object? key, object? value, BpfTraceBucket[]? buckets, Func<string> text)
    {
        Map = map;
        Key = key;
        Value = value;
        Buckets = buckets;
        _text = text;
    }

    /// <summary>The map, with its sign: <c>@reads</c>.</summary>
    public string Map { get; }

    /// <summary>The key, typed; an array where there are several; null for a map without a key.</summary>
    public object? Key { get; }

    /// <summary>The value, typed; of a histogram its buckets, of a time series its intervals.</summary>
    public object? Value { get; }

    /// <summary>Of a histogram, from the first bucket to the last that something was counted in; null for other values.</summary>
    public BpfTraceBucket[]? Buckets { get; }

    /// <summary>As bpftrace prints it: <c>@reads[bash]: 12</c>.</summary>
    public override string ToString() => _text();
}
