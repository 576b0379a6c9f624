namespace PerfTrace.Bpf;

/// <summary>Entries of a map, one behind the other.</summary>
/// <param name="Keys">The keys.</param>
/// <param name="Values">The values; of a map for each CPU all CPUs' of the first key, then those of the second.</param>
/// <param name="Count">How many there are; the rest of the arrays is unused.</param>
internal sealed record BpfMapChunk(byte[] Keys, byte[] Values, int Count);
