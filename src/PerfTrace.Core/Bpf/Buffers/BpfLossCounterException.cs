namespace PerfTrace.Bpf;

/// <summary>The map can not be a counter of losses.</summary>
public sealed class BpfLossCounterException(BpfMap map)
    : Exception($"Map {map.Id}{(map.Name.Length > 0 ? $" ({map.Name})" : "")} has no counter at that key: it must be an array or hash, also one for each CPU, with keys of 4 bytes and numbers of 4 or 8 bytes.")
{
    /// <summary>The map.</summary>
    public BpfMap Map { get; } = map;
}
