namespace PerfTrace.Symbols;

/// <summary>
/// The procedure linkage table: the stubs that a program calls other libraries' functions through. They have no symbols; the n-th stub belongs to
/// the n-th relocation of .rela.plt (psABI of the machine).
/// </summary>
internal static class ElfLinkageTable
{
    // What a program has of these is bounded by its size in the file; names are made for each.
    private const int MostEntries = 1 << 18;
    private const ulong LargestStub = 64;

    /// <summary>Adds the stubs; returns their names, or null when there are none.</summary>
    /// <exception cref="ElfException">A table is malformed.</exception>
    public static ReadOnlyMemory<byte>? Read(ElfFile file, List<FunctionTable.Entry> entries, byte source)
    {
        ElfSection? relocations = file.FindSection(".rela.plt") ?? file.FindSection(".rel.plt");
        if (relocations is not { Type: ElfSection.Relocations or ElfSection.RelocationsWithAddend, HasBytes: true } || relocations.Link >= file.Sections.Count
            || file.FindSection(".plt") is not { HasBytes: true } table)
        {
            return null;
        }
        ElfSection symbols = file.Sections[(int)relocations.Link];
        if (symbols.Type != ElfSection.DynamicSymbols || symbols.Link >= file.Sections.Count)
            return null;
        // With indirect branch tracking the stubs that are called are in a table of their own, without a head.
        (ElfSection Table, ulong Head, ulong Size)[] stubs = file.FindSection(".plt.sec") is { HasBytes: true } second
            ? [(table, 16, 16), (second, 0, 16)]
            : file.Machine switch
            {
                ElfMachine.Arm => [(table, 20, 12)],
                ElfMachine.Arm64 => [(table, 32, 16)],
                _ => [(table, table.EntrySize, table.EntrySize)],
            };
        ElfLayout layout = file.Layout;
        int stride = (layout.Is64Bit ? 16 : 8) + (relocations.Type == ElfSection.RelocationsWithAddend ? layout.WordSize : 0);
        ReadOnlySpan<byte> list = file.ReadSection(relocations).Span, symbolTable = file.ReadSection(symbols).Span;
        ReadOnlySpan<byte> strings = file.ReadSection(file.Sections[(int)symbols.Link]).Span;
        var names = new List<byte>();
        for (int index = 0; index < MostEntries && (index + 1) * stride <= list.Length; index++)
        {
            // r_info: the symbol in the upper 32 bits, of ELF32 in the upper 24.
            ulong info = layout.Native(list, (index * stride) + layout.WordSize);
            long symbol = (long)(layout.Is64Bit ? info >> 32 : info >> 8) * layout.SymbolSize;
            if (symbol > symbolTable.Length - layout.SymbolSize)
                continue;
            // Symbol 0 has no name: a function of the file itself that chooses its variant for the CPU (IRELATIVE). Perf says @plt.
            uint name = layout.Word(symbolTable, (int)symbol);
            if (name >= strings.Length)
                continue;
            ReadOnlySpan<byte> text = strings[(int)name..];
            text = text.IndexOf((byte)0) is >= 0 and var end ? text[..end] : text;
            uint at = (uint)names.Count;
            names.AddRange(text);
            names.AddRange("@plt\0"u8);
            foreach ((ElfSection section, ulong head, ulong size) in stubs)
            {
                ulong place = head + ((ulong)index * size);
                if (size is > 0 and <= LargestStub && place < section.Size && file.OffsetOf(section.Address + place) is { } start)
                    entries.Add(new FunctionTable.Entry { Start = start, End = start + size, Name = at, Source = source, Rank = FunctionTable.Entry.RankOf(false, false, true) });
            }
        }
        return names.ToArray();
    }
}
