namespace PerfTrace.Symbols;

/// <summary>A section header (Elf64_Shdr in elf(5)). Offsets, addresses and sizes in bytes.</summary>
public sealed record ElfSection(
    int Index, string Name, uint Type, ulong Flags, ulong Address, ulong Offset, ulong Size, uint Link, uint Info, ulong Alignment, ulong EntrySize)
{
    internal const uint SymbolTable = 2, StringTable = 3, NoteTable = 7, NoBits = 8, DynamicSymbols = 11;
    internal const uint GnuVersionDefinitions = 0x6ffffffd, GnuVersionNeeds = 0x6ffffffe, GnuVersionNumbers = 0x6fffffff;
    internal const uint Relocations = 9, RelocationsWithAddend = 4;
    private const ulong Instructions = 4, Compressed = 0x800;

    /// <summary>It takes place in the file (SHT_NOBITS takes none; a debug file has most sections so).</summary>
    public bool HasBytes => Type != NoBits;

    /// <summary>It holds instructions (SHF_EXECINSTR).</summary>
    public bool IsCode => (Flags & Instructions) != 0;

    public bool IsCompressed => (Flags & Compressed) != 0;
}
