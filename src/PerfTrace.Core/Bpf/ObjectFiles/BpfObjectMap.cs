namespace PerfTrace.Bpf;

/// <summary>A map of an object file.</summary>
/// <param name="Name">The name in the file, which the kernel cuts after 15 bytes.</param>
/// <param name="Type">What it is.</param>
/// <param name="KeySize">Bytes of a key.</param>
/// <param name="ValueSize">Bytes of a value.</param>
/// <param name="MaximumEntries">How many entries fit; a ring buffer's bytes. 0: as many as there are CPUs.</param>
/// <param name="IsData">It holds the global variables of a section.</param>
public sealed record BpfObjectMap(string Name, BpfMapType Type, int KeySize, int ValueSize, uint MaximumEntries, bool IsData)
{
    public override string ToString() => Name;
}
