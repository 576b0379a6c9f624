using System.Globalization;
using System.Text;

namespace PerfTrace.BpfTrace;

/// <summary>Draws histograms as bpftrace does.</summary>
internal static class HistogramText
{
    private const int BarWidth = 52;

    /// <summary>The rows of a histogram, from the first to the last that something was counted in.</summary>
    public static BpfTraceBucket[] Buckets(AggregateType type, ScriptMapRow row, long divisor)
    {
        HistogramBuckets buckets = HistogramBuckets.Of(type);
        int first = int.MaxValue, last = -1;
        foreach ((long number, AggregateTotal total) in row.Parts)
        {
            if (total.Value == 0 || number < 0 || number >= buckets.Count)
                continue;
            first = Math.Min(first, (int)number);
            last = (int)number;
        }
        if (last < 0)
            return [];
        // Linear ones are not divided: so it is in bpftrace.
        divisor = type.Kind == AggregateKind.LinearHistogram ? 0 : divisor;
        long[] counts = new long[last - first + 1];
        foreach ((long number, AggregateTotal total) in row.Parts)
        {
            if (number >= first && number <= last)
                counts[number - first] = ScriptNumber.Divide(total.Value, isSigned: false, divisor);
        }
        ulong largest = counts.Max(static c => (ulong)c);
        var rows = new BpfTraceBucket[counts.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            (long? low, long? high) = buckets.Bounds(first + i);
            // In bpftrace's precision, for bars of the same length.
            int width = largest == 0 ? 0 : (int)((ulong)counts[i] / (float)largest * BarWidth);
            rows[i] = new BpfTraceBucket(low, high, counts[i], buckets.Label(first + i), new string('@', width));
        }
        return rows;
    }

    /// <summary>Writes the rows, each with its line end.</summary>
    public static void Append(StringBuilder text, BpfTraceBucket[] buckets)
    {
        foreach (BpfTraceBucket bucket in buckets)
            text.Append(CultureInfo.InvariantCulture, $"{bucket.Label,-16}{(ulong)bucket.Count,8} |{bucket.Bar,-BarWidth}|\n");
    }
}
