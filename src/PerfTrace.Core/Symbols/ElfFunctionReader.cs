namespace PerfTrace.Symbols;

/// <summary>
/// Collects the functions of a file, of the files that its symbols were moved to, and the entries of its procedure linkage table, by their places in
/// the file that is mapped.
/// </summary>
internal sealed class ElfFunctionReader(ElfFile code)
{
    private const ushort Undefined = 0, FirstReserved = 0xff00, Absolute = 0xfff1, Common = 0xfff2, ManySections = 0xffff;
    private const byte Hidden = 2, InternalOnly = 1;
    private const ulong ThumbBit = 1;

    private readonly List<FunctionTable.Entry> _entries = [];
    private readonly List<ReadOnlyMemory<byte>> _names = [];

    /// <summary>A table of all symbols was among them, not only of those for the dynamic linker.</summary>
    public bool HasAll { get; private set; }

    /// <summary>Reads .symtab and .dynsym of a file; the addresses are those of the mapped one.</summary>
    /// <exception cref="ElfException">A table is malformed.</exception>
    public void Add(ElfFile file)
    {
        foreach (ElfSection section in file.Sections)
        {
            if (section is not { Type: ElfSection.SymbolTable or ElfSection.DynamicSymbols, HasBytes: true } || _names.Count >= byte.MaxValue)
                continue;
            int before = _entries.Count;
            Collect(file, section);
            HasAll |= section.Type == ElfSection.SymbolTable && _entries.Count > before;
        }
    }

    /// <summary>Names the entries of the procedure linkage table: <c>malloc@plt</c>.</summary>
    /// <exception cref="ElfException">A table is malformed.</exception>
    public void AddLinkageTable()
    {
        if (_names.Count < byte.MaxValue && ElfLinkageTable.Read(code, _entries, (byte)_names.Count) is { } names)
            _names.Add(names);
    }

    public FunctionTable Build(Demangler demangler) => FunctionTable.Create(_entries, [.. _names], demangler);

    private void Collect(ElfFile file, ElfSection section)
    {
        ElfLayout layout = file.Layout;
        if (section.Link >= file.Sections.Count)
            throw file.Malformed($"The names of {section.Name} are in section {section.Link} of {file.Sections.Count}.");
        if (section.EntrySize < (ulong)layout.SymbolSize)
            throw file.Malformed($"A symbol of {section.Name} has {layout.SymbolSize} bytes, not {section.EntrySize}.");
        ReadOnlySpan<byte> table = file.ReadSection(section).Span;
        ReadOnlyMemory<byte> names = file.ReadSection(file.Sections[(int)section.Link]);
        byte source = (byte)_names.Count;
        _names.Add(names);

        int stride = (int)Math.Min(section.EntrySize, int.MaxValue);
        for (int at = stride; at <= table.Length - layout.SymbolSize; at += stride)
        {
            Collect(file, table.Slice(at, layout.SymbolSize), names.Span, source);
            if (stride > table.Length - at)
                break;
        }
    }

    private void Collect(ElfFile file, ReadOnlySpan<byte> s, ReadOnlySpan<byte> names, byte source)
    {
        ElfLayout layout = file.Layout;
        // Elf64_Sym: name, info, other, shndx, value, size. Elf32_Sym: name, value, size, info, other, shndx.
        uint name = layout.Word(s, 0);
        byte info = s[layout.Is64Bit ? 4 : 12], visibility = (byte)(s[layout.Is64Bit ? 5 : 13] & 3);
        ushort home = layout.Half(s, layout.Is64Bit ? 6 : 14);
        var type = (ElfSymbolType)(info & 0xf);
        var binding = (ElfSymbolBinding)(info >> 4);
        bool isLabel = type == ElfSymbolType.None;
        if (home is Undefined or Absolute or Common || name >= names.Length || names[(int)name] == 0
            || !(type is ElfSymbolType.Function or ElfSymbolType.IndirectFunction || (isLabel && visibility is not (Hidden or InternalOnly))))
        {
            return;
        }
        ElfSection? section = home < FirstReserved && home < file.Sections.Count ? file.Sections[home] : null;
        // Labels of sections that are no code (.note, .comment) have addresses that mean nothing.
        if (isLabel && ((section is null && home != ManySections) || section is { IsCode: false } || IsMappingSymbol(names[(int)name..])))
            return;
        ulong address = layout.Native(s, layout.Is64Bit ? 8 : 4), size = layout.Native(s, layout.Is64Bit ? 16 : 8);
        if (file.Machine == ElfMachine.Arm && type == ElfSymbolType.Function)
            address &= ~ThumbBit;
        if (code.OffsetOf(address) is not { } start)
            return;
        _entries.Add(new FunctionTable.Entry
        {
            Start = start,
            End = size > ulong.MaxValue - start ? ulong.MaxValue : start + size,
            Name = name,
            Source = source,
            Rank = FunctionTable.Entry.RankOf(isLabel, binding == ElfSymbolBinding.Weak, binding == ElfSymbolBinding.Global),
        });
    }

    // $x, $d, $a, $t, also with a dot and more behind: where code and data begin (AAELF64, AAELF32).
    private static bool IsMappingSymbol(ReadOnlySpan<byte> name) =>
        name.Length >= 3 && name[0] == '$' && name[1] is (byte)'x' or (byte)'d' or (byte)'a' or (byte)'t' && name[2] is 0 or (byte)'.';
}
