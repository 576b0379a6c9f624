using System.Globalization;
using System.Text;

namespace PerfTrace.BpfTrace;

/// <summary>Writes the entries of a map as bpftrace prints them.</summary>
/// <param name="map">The map.</param>
/// <param name="values">Writes keys and values.</param>
/// <param name="divisor">Numbers are divided by it; 0: not.</param>
/// <param name="newest">Of a time series the newest interval of all keys.</param>
internal sealed class MapText(ScriptMap map, ValueText values, long divisor, long newest)
{
    public string Of(ScriptMapRow row)
    {
        var text = new StringBuilder();
        Append(text, row);
        return text.ToString().TrimEnd('\n');
    }

    /// <summary>Writes an entry with its key, and a line end behind it; what has lines of its own begins on the next line and has an empty line behind it.</summary>
    public void Append(StringBuilder text, ScriptMapRow row)
    {
        text.Append(map.Name);
        if (map.Key is not null)
        {
            text.Append('[');
            values.AppendKey(text, map.Key, row.Key);
            text.Append(']');
        }
        text.Append(map.Value is AggregateType { HasBucket: true } ? ":\n" : ": ");
        AppendValue(text, row);
        text.Append('\n');
    }

    /// <summary>Writes an entry's value.</summary>
    public void AppendValue(StringBuilder text, ScriptMapRow row)
    {
        switch (map.Value)
        {
            case AggregateType { Kind: AggregateKind.Histogram or AggregateKind.LinearHistogram } histogram:
                HistogramText.Append(text, HistogramText.Buckets(histogram, row, divisor));
                break;
            case AggregateType { Kind: AggregateKind.TimeSeries } series:
                TimeSeriesText.Append(text, series, TimeSeriesText.Intervals(series, row, newest));
                break;
            case AggregateType { Kind: AggregateKind.Statistics } statistics:
                text.Append(CultureInfo.InvariantCulture, $"count {row.Total.Count}, average ");
                ValueText.AppendNumber(text, row.Total.Number(statistics.Kind, statistics.IsSigned, divisor), statistics.IsSigned);
                text.Append(", total ");
                ValueText.AppendNumber(text, row.Total.Value, statistics.IsSigned);
                break;
            case AggregateType aggregate:
                ValueText.AppendNumber(text, row.Total.Number(aggregate.Kind, aggregate.IsSigned, divisor), aggregate.IsSigned && aggregate.Kind != AggregateKind.Count);
                break;
            default:
                values.Append(text, map.Value, row.Value, divisor);
                break;
        }
    }
}
