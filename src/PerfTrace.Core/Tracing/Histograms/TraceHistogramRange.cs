using System.Globalization;

namespace PerfTrace.Tracing;

/// <summary>What a bucket of <c>.log2</c> or <c>.buckets=N</c> takes: all from <paramref name="Low"/> to <paramref name="High"/>, both with it.</summary>
public sealed record TraceHistogramRange(ulong Low, ulong High) : IComparable<TraceHistogramRange>, IComparable
{
    /// <summary>The kernel's bucket <c>2^n</c>: what rounds up to that power of two. The first takes 0 and 1.</summary>
    internal static TraceHistogramRange OfPower(int power) =>
        power <= 0 ? new TraceHistogramRange(0, 1)
        : power > 63 ? new TraceHistogramRange((1UL << 63) + 1, ulong.MaxValue)
        : new TraceHistogramRange((1UL << (power - 1)) + 1, 1UL << power);

    public int CompareTo(TraceHistogramRange? other) =>
        other is null ? 1 : Low.CompareTo(other.Low) is var low and not 0 ? low : High.CompareTo(other.High);

    public int CompareTo(object? obj) => obj is null or TraceHistogramRange
        ? CompareTo((TraceHistogramRange?)obj)
        : throw new ArgumentException($"A range can not be compared with a {obj.GetType().Name}.", nameof(obj));

    public static bool operator <(TraceHistogramRange left, TraceHistogramRange right) => left.CompareTo(right) < 0;

    public static bool operator >(TraceHistogramRange left, TraceHistogramRange right) => left.CompareTo(right) > 0;

    public static bool operator <=(TraceHistogramRange left, TraceHistogramRange right) => left.CompareTo(right) <= 0;

    public static bool operator >=(TraceHistogramRange left, TraceHistogramRange right) => left.CompareTo(right) >= 0;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Low}..{High}");
}
