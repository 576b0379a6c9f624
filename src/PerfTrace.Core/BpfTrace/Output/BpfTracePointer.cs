using System.Globalization;

namespace PerfTrace.BpfTrace;

/// <summary>An address; it is written as bpftrace writes it, <c>0xffff888100a4c000</c>, and converts to a number.</summary>
/// <param name="Address">The number.</param>
public readonly record struct BpfTracePointer(ulong Address) : IComparable<BpfTracePointer>, IComparable
{
    public static implicit operator ulong(BpfTracePointer pointer) => pointer.Address;

    public static bool operator <(BpfTracePointer left, BpfTracePointer right) => left.Address < right.Address;

    public static bool operator <=(BpfTracePointer left, BpfTracePointer right) => left.Address <= right.Address;

    public static bool operator >(BpfTracePointer left, BpfTracePointer right) => left.Address > right.Address;

    public static bool operator >=(BpfTracePointer left, BpfTracePointer right) => left.Address >= right.Address;

    public ulong ToUInt64() => Address;

    public int CompareTo(BpfTracePointer other) => Address.CompareTo(other.Address);

    public int CompareTo(object? obj) => obj is BpfTracePointer other ? CompareTo(other) : 1;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"0x{Address:x}");
}
