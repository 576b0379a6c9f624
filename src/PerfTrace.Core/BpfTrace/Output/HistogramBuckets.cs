using System.Globalization;
using System.Numerics;

namespace PerfTrace.BpfTrace;

/// <summary>
/// The numbers of the buckets of <c>hist()</c> and <c>lhist()</c>. Programs count into them, readers give them their bounds: both follow what stands here.
/// </summary>
internal abstract class HistogramBuckets
{
    // As bpftrace writes sizes; of a hundred and more there are none in 64 bits.
    private const string Suffixes = "\0KMGTPE";

    /// <summary>How many there are: numbers are below it.</summary>
    public abstract int Count { get; }

    public static HistogramBuckets Of(AggregateType type) => type.Kind == AggregateKind.Histogram ? new Log2(type.Bits) : new Linear(type.Minimum, type.Maximum, type.Step);

    /// <summary>The bucket of a value.</summary>
    public abstract int Number(long value);

    /// <summary>The least and the greatest value of a bucket; null: it has no such bound.</summary>
    public abstract (long? Low, long? High) Bounds(int number);

    /// <summary>The head of a bucket's row: <c>[4, 8)</c>, <c>[1]</c>, <c>(..., 0)</c>, <c>[100, ...)</c>.</summary>
    public abstract string Label(int number);

    /// <summary>
    /// Powers of two, each cut into n = 2^k buckets of one width. For a value v (64 bits, signed) the number is
    /// <list type="bullet">
    /// <item>0 where v is below 0;</item>
    /// <item>v + 1 where v is below n;</item>
    /// <item>else, with l the number of v's highest bit that is set (0 to 62) and s = l - k: (s &lt;&lt; k) + (v >> s) + 1.</item>
    /// </list>
    /// With k = 0 that is 0 for what is below 0, 1 for 0, 2 for 1, 3 for 2 and 3, 4 for 4 to 7, and so on.
    /// </summary>
    public sealed class Log2(int bits) : HistogramBuckets
    {
        public override int Count => ((62 - bits) << bits) + (2 << bits) + 1;

        // Up to here each bucket has one value.
        private int Single => 2 << bits;

        public override int Number(long value)
        {
            if (value < 0)
                return 0;
            if (value < 1L << bits)
                return (int)value + 1;
            int shift = BitOperations.Log2((ulong)value) - bits;
            return (shift << bits) + (int)(value >> shift) + 1;
        }

        public override (long? Low, long? High) Bounds(int number) => number == 0 ? (null, -1) : ((long)Start(number), (long)(Start(number + 1) - 1));

        public override string Label(int number) => number switch
        {
            0 => "(..., 0)",
            _ when number <= Single => string.Create(CultureInfo.InvariantCulture, $"[{number - 1}]"),
            _ => $"[{Text(number)}, {Text(number + 1)})",
        };

        // The least value of a bucket.
        private ulong Start(int number)
        {
            int index = number - 1;
            return index <= Single ? (ulong)index : (ulong)((1 << bits) + (index & ((1 << bits) - 1))) << ((index >> bits) - 1);
        }

        private string Text(int number)
        {
            if (number - 1 <= Single)
                return (number - 1).ToString(CultureInfo.InvariantCulture);
            int power = ((number - 1) >> bits) - 1, unit = power / 10;
            string start = (Start(number) >> (unit * 10)).ToString(CultureInfo.InvariantCulture);
            return unit == 0 ? start : start + Suffixes[unit];
        }
    }

    /// <summary>
    /// Steps of one width. For a value v (64 bits, signed) the number is 0 where v is below the minimum; (maximum - minimum) / step + 1 where it is above the maximum; else (v - minimum) / step + 1.
    /// Divisions drop what remains.
    /// </summary>
    public sealed class Linear(long minimum, long maximum, long step) : HistogramBuckets
    {
        private const int Kilo = 1024, Mega = 1024 * 1024;

        public override int Count => (int)Math.Min(((maximum - minimum) / step) + 2, int.MaxValue);

        public override int Number(long value) => value < minimum ? 0 : (int)((Math.Min(value, maximum) - minimum) / step) + 1;

        public override (long? Low, long? High) Bounds(int number) => (number == 0 ? null : Start(number), number == Count - 1 ? null : Start(number + 1) - 1);

        public override string Label(int number)
        {
            if (number == 0)
                return $"(..., {Text(minimum)})";
            if (number == Count - 1)
                return $"[{Text(Start(number))}, ...)";
            return step == 1 ? $"[{Text(Start(number))}]" : $"[{Text(Start(number))}, {Text(Start(number + 1))})";
        }

        private long Start(int number) => minimum + ((number - 1L) * step);

        private string Text(long value)
        {
            if (step % Kilo != 0 || value == 0 || value % Kilo != 0)
                return value.ToString(CultureInfo.InvariantCulture);
            return value % Mega == 0 ? string.Create(CultureInfo.InvariantCulture, $"{value / Mega}M") : string.Create(CultureInfo.InvariantCulture, $"{value / Kilo}K");
        }
    }
}
