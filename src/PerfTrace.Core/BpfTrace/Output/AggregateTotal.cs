using System.Buffers.Binary;

namespace PerfTrace.BpfTrace;

/// <summary>What the CPUs added up, put together.</summary>
/// <param name="Value">The count, sum, least or greatest.</param>
/// <param name="Count">Of averages and statistics how many; of the least and greatest whether there was one.</param>
internal readonly record struct AggregateTotal(long Value, long Count)
{
    /// <summary>Puts the values of all CPUs together.</summary>
    /// <param name="type">What was added up; not <see cref="AggregateKind.TimeSeries"/>.</param>
    /// <param name="values">One behind the other.</param>
    /// <param name="stride">From one to the next.</param>
    public static AggregateTotal Of(AggregateType type, ReadOnlySpan<byte> values, int stride)
    {
        var total = new AggregateTotal(0, 0);
        for (; values.Length >= stride; values = values[stride..])
        {
            long value = BinaryPrimitives.ReadInt64LittleEndian(values), second = type.Size >= 16 ? BinaryPrimitives.ReadInt64LittleEndian(values[8..]) : 0;
            total = total.With(type.Kind, type.IsSigned, value, second);
        }
        return total;
    }

    /// <summary>With the value of one more CPU.</summary>
    public AggregateTotal With(AggregateKind kind, bool isSigned, long value, long count) => unchecked(kind switch
    {
        AggregateKind.Minimum or AggregateKind.Maximum when count == 0 => this,
        AggregateKind.Minimum or AggregateKind.Maximum => Count == 0 || Compare(value, Value, isSigned) < 0 == (kind == AggregateKind.Minimum) ? new(value, 1) : this,
        _ => new(Value + value, Count + count),
    });

    /// <summary>The number that stands for it: of averages and statistics the average.</summary>
    public long Number(AggregateKind kind, bool isSigned, long divisor) => ScriptNumber.Divide(
        kind is not (AggregateKind.Average or AggregateKind.Statistics) ? Value : Count == 0 ? 0 : ScriptNumber.Divide(Value, isSigned, Count), isSigned, divisor);

    public static int Compare(long left, long right, bool isSigned) => isSigned ? left.CompareTo(right) : ((ulong)left).CompareTo((ulong)right);
}
