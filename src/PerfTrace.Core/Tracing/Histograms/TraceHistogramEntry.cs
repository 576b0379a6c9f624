namespace PerfTrace.Tracing;

/// <summary>A bucket of a histogram.</summary>
public sealed class TraceHistogramEntry
{
    internal TraceHistogramEntry(
        TraceHistogram histogram, OrderedDictionary<string, object> key, OrderedDictionary<string, object> values,
        ulong? maximum, ulong? changed, OrderedDictionary<string, object> saved)
    {
        (Histogram, Key, Values, Maximum, Changed, Saved) = (histogram, key, values, maximum, changed, saved);
        HitCount = values.Remove(HistogramField.HitCount, out object? hits) ? Convert.ToInt64(hits, null) : null;
    }

    /// <summary>The event: <c>sched:sched_switch</c>.</summary>
    public string Event => Histogram.Event;

    /// <summary>The key in words: <c>next_comm=bash, prev_prio=120</c>.</summary>
    public string Bucket => Describe(Key);

    /// <summary>How often; null where the histogram does not show it.</summary>
    public long? HitCount { get; }

    /// <summary>
    /// The key's fields. Numbers and strings have the type of the event's field; others are a <see cref="TraceHistogramRange"/>,
    /// <see cref="TraceHistogramSymbol"/>, <see cref="TraceHistogramThread"/>, <see cref="TraceHistogramSystemCall"/>, or an array of symbols for a stack.
    /// </summary>
    public OrderedDictionary<string, object> Key { get; }

    /// <summary>The sums of the value fields: Int64, UInt64, or Double for percentages.</summary>
    public OrderedDictionary<string, object> Values { get; }

    /// <summary>The greatest value that onmax() has seen; null without.</summary>
    public ulong? Maximum { get; }

    /// <summary>The last value that onchange() has seen; null without.</summary>
    public ulong? Changed { get; }

    /// <summary>The fields that save() kept when <see cref="Maximum"/> or <see cref="Changed"/> was set.</summary>
    public OrderedDictionary<string, object> Saved { get; }

    /// <summary>Values, maximum and saved fields in words.</summary>
    public string Summary => string.Join(", ", Parts());

    /// <summary>The histogram it is of, with the totals of the same moment.</summary>
    public TraceHistogram Histogram { get; }

    public override string ToString() => HitCount is { } hits ? $"{Bucket}: {hits}" : Bucket;

    private IEnumerable<string> Parts()
    {
        if (Values.Count > 0)
            yield return Describe(Values);
        if (Maximum is { } maximum)
            yield return $"max={maximum}";
        if (Changed is { } changed)
            yield return $"changed={changed}";
        if (Saved.Count > 0)
            yield return Describe(Saved);
    }

    private static string Describe(OrderedDictionary<string, object> fields) =>
        string.Join(", ", fields.Select(static f => f.Value is TraceHistogramSymbol[] stack
            ? $"{f.Key}={string.Join(" < ", stack.Select(static s => s.Name))}"
            : string.Create(null, $"{f.Key}={f.Value}")));
}
