namespace PerfTrace.Symbols;

/// <summary>A program header (Elf64_Phdr in elf(5)). Offsets, addresses and sizes in bytes.</summary>
/// <param name="Type">p_type.</param>
/// <param name="Flags">p_flags: 1 execute, 2 write, 4 read.</param>
/// <param name="Offset">Where it begins in the file.</param>
/// <param name="Address">The virtual address that it is loaded to, in a shared object relative to where that is loaded.</param>
/// <param name="FileSize">Bytes in the file.</param>
/// <param name="MemorySize">Bytes in memory; those beyond FileSize are zero.</param>
/// <param name="Alignment">p_align.</param>
public readonly record struct ElfSegment(
    uint Type, uint Flags, ulong Offset, ulong Address, ulong FileSize, ulong MemorySize, ulong Alignment)
{
    internal const uint Load = 1, Note = 4;

    public bool IsLoaded => Type == Load;

    public bool IsExecutable => (Flags & 1) != 0;

    public bool IsWritable => (Flags & 2) != 0;

    // Differences, not sums: a lying header must not overflow.
    internal bool HasAddress(ulong address) => address >= Address && address - Address < FileSize;

    internal bool HasOffset(ulong offset) => offset >= Offset && offset - Offset < FileSize;
}
