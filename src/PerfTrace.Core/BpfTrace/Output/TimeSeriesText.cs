using System.Globalization;
using System.Text;

namespace PerfTrace.BpfTrace;

/// <summary>Draws time series as bpftrace does: a line for each interval, with a point where its value lies between the least and the greatest.</summary>
internal static class TimeSeriesText
{
    private const int Width = 53, Padding = 21;
    private const string Clock = "hh:mm:ss";

    /// <summary>The intervals that are shown, in nanoseconds since 1970: from a key's first that is not too old to the newest of all keys.</summary>
    public static (long Start, long? Value)[] Intervals(AggregateType type, ScriptMapRow row, long newest)
    {
        long oldest = Math.Max(0, newest - type.Intervals + 1);
        long first = row.Parts.Keys.Where(n => n >= oldest && n <= newest).DefaultIfEmpty(newest).Min();
        var intervals = new (long, long?)[newest - first + 1];
        for (int i = 0; i < intervals.Length; i++)
        {
            long? value = row.Parts.TryGetValue(first + i, out AggregateTotal total) ? total.Number(type.Each ?? AggregateKind.Sum, type.IsSigned, 0) : null;
            intervals[i] = (unchecked((first + i) * type.Interval), value);
        }
        return intervals;
    }

    /// <summary>Writes the drawing, each line with its end.</summary>
    public static void Append(StringBuilder text, AggregateType type, (long Start, long? Value)[] intervals)
    {
        Int128 least = Number(intervals[0].Value ?? 0, type.IsSigned), greatest = least;
        bool isFirst = intervals[0].Value is null;
        foreach ((_, long? value) in intervals)
        {
            if (value is not { } number)
                continue;
            Int128 one = Number(number, type.IsSigned);
            (least, greatest) = isFirst ? (one, one) : (Int128.Min(least, one), Int128.Max(greatest, one));
            isFirst = false;
        }
        if (least == greatest)
        {
            // Room on both sides of a flat line, as far as its type goes.
            least -= least > (type.IsSigned ? long.MinValue : 0) ? 1 : 0;
            greatest += greatest < (type.IsSigned ? long.MaxValue : (Int128)ulong.MaxValue) ? 1 : 0;
        }
        (string unit, int digits, long scale) = UnitOf(intervals.Length > 1 ? intervals[1].Start - intervals[0].Start : 0);
        string head = digits == 0 ? Clock : $"{Clock}.{unit}";
        int indent = Clock.Length + (digits == 0 ? 0 : digits + 1) + 1;
        string scales = new string(' ', indent) + least.ToString(CultureInfo.InvariantCulture).PadRight(Padding) + greatest.ToString(CultureInfo.InvariantCulture).PadLeft(Width - Padding) + "\n";
        // bpftrace pads by bytes, and the Greek letter of microseconds has two.
        text.Append(scales).Append(head).Append(' ', indent - Encoding.UTF8.GetByteCount(head)).Append('|').Append('_', Width - 2).Append("|\n");
        int zero = least < 0 && greatest > 0 ? (int)(Width * (float)least / (float)(least - greatest)) : 0;
        Span<char> line = stackalloc char[Width];
        foreach ((long start, long? value) in intervals)
        {
            line.Fill(' ');
            line[0] = line[^1] = '|';
            if (zero > 0)
                line[zero] = '.';
            string shown = "-";
            if (value is { } number)
            {
                Int128 one = Number(number, type.IsSigned);
                int point = least == greatest ? Width / 2 : (int)((Width - 1) * (float)(least - one) / (float)(least - greatest));
                line[Math.Clamp(point, 0, Width - 1)] = '*';
                shown = one.ToString(CultureInfo.InvariantCulture);
            }
            text.Append(TimeText.Of("%H:%M:%S", start));
            if (digits > 0)
                text.Append('.').Append((start % 1_000_000_000 / scale).ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0'));
            text.Append(' ').Append(line).Append(' ').Append(shown).Append('\n');
        }
        text.Append(' ', indent).Append('v').Append('_', Width - 2).Append("v\n").Append(scales);
    }

    private static Int128 Number(long value, bool isSigned) => isSigned ? value : (ulong)value;

    // How many digits of a second an interval needs.
    private static (string Unit, int Digits, long Scale) UnitOf(long interval) => interval switch
    {
        >= 1_000_000_000 => ("s", 0, 1_000_000_000),
        >= 1_000_000 => ("ms", 3, 1_000_000),
        >= 1000 => ("μs", 6, 1000),
        _ => ("ns", 9, 1),
    };
}
