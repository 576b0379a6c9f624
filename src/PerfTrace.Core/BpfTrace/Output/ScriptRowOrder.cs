namespace PerfTrace.BpfTrace;

/// <summary>
/// The order in which bpftrace prints the entries of a map: numbers ascending, histograms by what was counted in all buckets, time series by their newest interval; other values by
/// their keys. Entries that are equal by value come by their keys, which bpftrace leaves to chance.
/// </summary>
internal sealed class ScriptRowOrder(ScriptMap map) : IComparer<ScriptMapRow>
{
    public int Compare(ScriptMapRow? x, ScriptMapRow? y)
    {
        if (x is null || y is null)
            return (x is null ? 0 : 1) - (y is null ? 0 : 1);
        int order = CompareValues(x, y);
        if (order == 0 && map.Key is not null)
            order = CompareKeys(map.Key, x.Key, y.Key);
        return order != 0 ? order : x.Key.AsSpan().SequenceCompareTo(y.Key);
    }

    private int CompareValues(ScriptMapRow x, ScriptMapRow y) => map.Value switch
    {
        AggregateType { Kind: AggregateKind.Histogram or AggregateKind.LinearHistogram } => Total(x).CompareTo(Total(y)),
        AggregateType { Kind: AggregateKind.TimeSeries } => x.Parts.Keys.LastOrDefault().CompareTo(y.Parts.Keys.LastOrDefault()),
        AggregateType aggregate => AggregateTotal.Compare(x.Total.Number(aggregate.Kind, aggregate.IsSigned, 0), y.Total.Number(aggregate.Kind, aggregate.IsSigned, 0), aggregate.IsSigned),
        IntegerType or EnumType => CompareNumbers(map.Value, x.Value, y.Value),
        _ => 0,
    };

    private static ulong Total(ScriptMapRow row)
    {
        ulong total = 0;
        foreach (AggregateTotal part in row.Parts.Values)
            total = unchecked(total + (ulong)part.Value);
        return total;
    }

    private static int CompareNumbers(ScriptType type, ReadOnlySpan<byte> x, ReadOnlySpan<byte> y) =>
        AggregateTotal.Compare(ScriptNumber.TryRead(type, x) ?? 0, ScriptNumber.TryRead(type, y) ?? 0, ScriptNumber.IsSigned(type));

    private static int CompareKeys(ScriptType type, ReadOnlySpan<byte> x, ReadOnlySpan<byte> y)
    {
        switch (type)
        {
            case IntegerType or EnumType:
                return CompareNumbers(type, x, y);
            case StringType:
                return x[..type.Size].SequenceCompareTo(y[..type.Size]);
            case TupleType tuple:
                for (int i = 0; i < tuple.Elements.Count; i++)
                {
                    if (CompareKeys(tuple.Elements[i], x[tuple.Offsets[i]..], y[tuple.Offsets[i]..]) is not 0 and var order)
                        return order;
                }
                return 0;
            default:
                return 0;
        }
    }
}
