namespace PerfTrace.BpfTrace;

/// <summary>Makes objects of the entries of a map.</summary>
/// <param name="map">The map.</param>
/// <param name="values">Reads keys and values.</param>
/// <param name="divisor">Numbers are divided by it; 0: not.</param>
/// <param name="newest">Of a time series the newest interval of all keys.</param>
internal sealed class MapObjects(ScriptMap map, ValueReader values, long divisor, long newest)
{
    public BpfTraceMapEntry Entry(ScriptMapRow row, Func<string> text)
    {
        object? value = Value(row);
        return new BpfTraceMapEntry(map.Name, Key(row.Key), value, value as BpfTraceBucket[], text);
    }

    // Several keys are the values of a tuple.
    private object? Key(byte[] bytes) => map.Key switch
    {
        null => null,
        TupleType { Names: null } => ((BpfTraceTuple)values.Read(map.Key, bytes)!).Items,
        var type => values.Read(type, bytes),
    };

    private object? Value(ScriptMapRow row) => map.Value switch
    {
        AggregateType { Kind: AggregateKind.Histogram or AggregateKind.LinearHistogram } histogram => HistogramText.Buckets(histogram, row, divisor),
        AggregateType { Kind: AggregateKind.TimeSeries } series => Array.ConvertAll(TimeSeriesText.Intervals(series, row, newest),
            p => new BpfTraceInterval(DateTimeOffset.UnixEpoch.AddTicks(p.Start / TimeSpan.NanosecondsPerTick).ToLocalTime(), p.Value is { } v ? Number(v, series.IsSigned) : null)),
        AggregateType { Kind: AggregateKind.Statistics } statistics => new BpfTraceStatistics(row.Total.Count,
            Number(row.Total.Number(statistics.Kind, statistics.IsSigned, divisor), statistics.IsSigned), Number(row.Total.Value, statistics.IsSigned)),
        // A count that needs the 64th bit is none that anybody waits for; as a long it adds up with others in PowerShell.
        AggregateType { Kind: AggregateKind.Count } => row.Total.Number(AggregateKind.Count, false, divisor),
        AggregateType aggregate => Number(row.Total.Number(aggregate.Kind, aggregate.IsSigned, divisor), aggregate.IsSigned),
        var type => values.Read(type, row.Value, divisor),
    };

    private static object Number(long value, bool isSigned) => isSigned ? value : (ulong)value;
}
