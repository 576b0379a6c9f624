namespace PerfTrace.Bpf;

/// <summary>The map is no buffer of the kind that was asked for.</summary>
public sealed class BpfBufferTypeException(BpfMap map, BpfMapType wanted)
    : Exception($"Map {map.Id}{(map.Name.Length > 0 ? $" ({map.Name})" : "")} is of type {BpfNames.Of(map.Type)}; this reads maps of type {BpfNames.Of(wanted)}.")
{
    /// <summary>The map.</summary>
    public BpfMap Map { get; } = map;
}
