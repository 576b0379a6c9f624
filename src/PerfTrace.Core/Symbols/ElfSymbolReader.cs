namespace PerfTrace.Symbols;

/// <summary>Collects the symbols of a file, and of the file that its symbols were moved to, into one table.</summary>
internal static class ElfSymbolReader
{
    private const ushort Undefined = 0, FirstReserved = 0xff00, ManySections = 0xffff;
    private const ulong ThumbBit = 1;

    /// <summary>Reads .symtab and .dynsym of each file.</summary>
    /// <exception cref="ElfException">A table is malformed.</exception>
    public static ElfSymbolTable Read(IEnumerable<ElfFile> files)
    {
        var entries = new List<ElfSymbolTable.Entry>();
        var sources = new List<ElfSymbolTable.NameSource>();
        foreach (ElfFile file in files)
        {
            foreach (ElfSection section in file.Sections)
            {
                if (section is { Type: ElfSection.SymbolTable or ElfSection.DynamicSymbols, HasBytes: true })
                    Collect(file, section, entries, sources);
            }
        }
        return new ElfSymbolTable([.. entries], [.. sources]);
    }

    private static void Collect(ElfFile file, ElfSection section, List<ElfSymbolTable.Entry> entries, List<ElfSymbolTable.NameSource> sources)
    {
        ElfLayout layout = file.Layout;
        if (section.Link >= file.Sections.Count)
            throw file.Malformed($"The names of {section.Name} are in section {section.Link} of {file.Sections.Count}.");
        if (section.EntrySize < (ulong)layout.SymbolSize)
            throw file.Malformed($"A symbol of {section.Name} has {layout.SymbolSize} bytes, not {section.EntrySize}.");
        ReadOnlySpan<byte> table = file.ReadSection(section).Span;
        ReadOnlyMemory<byte> names = file.ReadSection(file.Sections[(int)section.Link]);
        ElfVersions? versions = section.Type == ElfSection.DynamicSymbols ? ElfVersions.Read(file, names.Span) : null;
        byte source = (byte)sources.Count;
        sources.Add(new ElfSymbolTable.NameSource(names, versions));

        int stride = (int)Math.Min(section.EntrySize, int.MaxValue);
        entries.EnsureCapacity(entries.Count + (table.Length / stride));
        for (int index = 1, at = stride; at <= table.Length - layout.SymbolSize; index++, at += stride)
        {
            ReadOnlySpan<byte> s = table.Slice(at, layout.SymbolSize);
            // Elf64_Sym: name, info, other, shndx, value, size. Elf32_Sym: name, value, size, info, other, shndx.
            uint name = layout.Word(s, 0);
            byte info = s[layout.Is64Bit ? 4 : 12];
            ushort home = layout.Half(s, layout.Is64Bit ? 6 : 14);
            if (home is Undefined or (>= FirstReserved and not ManySections) || !IsWanted((byte)(info & 0xf)) || name >= names.Length)
                continue;
            ulong address = layout.Native(s, layout.Is64Bit ? 8 : 4);
            ulong size = layout.Native(s, layout.Is64Bit ? 16 : 8);
            ReadOnlySpan<byte> text = names.Span[(int)name..];
            if (text[0] == 0 || (info == 0 && IsMappingSymbol(text)))
                continue;
            if (file.Machine == ElfMachine.Arm && (info & 0xf) == (byte)ElfSymbolType.Function)
                address &= ~ThumbBit;
            entries.Add(new ElfSymbolTable.Entry(address, size, name, index, info, source));
            if (stride > table.Length - at)
                break;
        }
    }

    private static bool IsWanted(byte type) =>
        (ElfSymbolType)type is ElfSymbolType.None or ElfSymbolType.Object or ElfSymbolType.Function or ElfSymbolType.IndirectFunction;

    // $x, $d, $a, $t, also with a dot and more behind: where code and data begin (AAELF64, AAELF32).
    private static bool IsMappingSymbol(ReadOnlySpan<byte> name) =>
        name.Length >= 3 && name[0] == '$' && name[1] is (byte)'x' or (byte)'d' or (byte)'a' or (byte)'t' && name[2] is 0 or (byte)'.';
}
