using PerfTrace.Interop;

namespace PerfTrace.Bpf;

/// <summary>A map to be made. What is null is what its type needs: an array's key has 4 bytes, a perf buffer an element for each CPU.</summary>
public sealed record BpfMapRequest
{
    /// <summary>What it is to be.</summary>
    public required BpfMapType Type { get; init; }

    /// <summary>Its name: letters, digits, <c>_</c> and <c>.</c>, 15 at most.</summary>
    public string Name { get; init; } = "";

    /// <summary>Bytes of a key.</summary>
    public int? KeySize { get; init; }

    /// <summary>Bytes of a value; of a map for each CPU those of one CPU's.</summary>
    public int? ValueSize { get; init; }

    /// <summary>How many entries fit; a ring buffer's bytes (a power of two, whole pages), an arena's pages.</summary>
    public uint? MaximumEntries { get; init; }

    /// <summary>More flags; those that the type needs are added.</summary>
    public BpfMapFlags Flags { get; init; }

    /// <summary>The memory node; null: any.</summary>
    public int? NumaNode { get; init; }

    /// <summary>A Bloom filter's number of hash functions (1 to 15, 5 unless said), an arena's address.</summary>
    public ulong Extra { get; init; }

    /// <summary>What the inner maps of a map of maps are like.</summary>
    public BpfMap? InnerMap { get; init; }

    /// <summary>Type information that was loaded; null: none.</summary>
    internal FileDescriptor? Types { get; init; }

    /// <summary>The type of a key in it.</summary>
    internal uint KeyTypeId { get; init; }

    /// <summary>The type of a value in it.</summary>
    internal uint ValueTypeId { get; init; }
}
