namespace PerfTrace.Bpf;

/// <summary>An entry of a map that has a value for each CPU.</summary>
public sealed class BpfPerCpuMapEntry : BpfMapEntry
{
    internal BpfPerCpuMapEntry(BpfMap map, object? key, object?[] values, decimal? sum, ReadOnlyMemory<byte> keyBytes, ReadOnlyMemory<byte> valueBytes)
        : base(map, key, values, keyBytes, valueBytes) => Sum = sum;

    /// <summary>All CPUs' values together; null where they are no numbers. A decimal: 64-bit counts of many CPUs fit.</summary>
    public decimal? Sum { get; }
}
