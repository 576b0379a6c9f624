namespace PerfTrace.Bpf;

/// <summary>What the 64 bits of a wide load stand for: BPF_PSEUDO_* in its source register.</summary>
internal enum BpfWideSource : byte
{
    Number = 0,

    /// <summary>The address of a map, by its descriptor.</summary>
    Map = 1,

    /// <summary>The address of a map's only value and a distance in it (Linux 5.2).</summary>
    MapValue = 2,

    /// <summary>A variable of the kernel, by the number of its type and the descriptor of the module's types (Linux 5.8).</summary>
    KernelVariable = 3,

    /// <summary>A subprogram, as a callback (Linux 5.13).</summary>
    Function = 4,

    /// <summary>A map by its place in an array of descriptors (Linux 5.14).</summary>
    MapIndex = 5,
    MapIndexValue = 6,
}
