using System.Globalization;

namespace PerfTrace.Bpf;

/// <summary>A map has no entry with a key.</summary>
public sealed class BpfMapKeyNotFoundException(BpfMap map, object? key)
    : Exception(key is null ? $"Map {map.Id} ({map.Name}) is empty." : $"Map {map.Id} ({map.Name}) has no entry with the key {(key is byte[] bytes ? Convert.ToHexStringLower(bytes) : Convert.ToString(key, CultureInfo.InvariantCulture))}.");
