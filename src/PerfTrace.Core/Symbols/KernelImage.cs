namespace PerfTrace.Symbols;

/// <summary>A kernel's ELF image (vmlinux), which may have run at other addresses than it was linked for.</summary>
internal sealed class KernelImage
{
    private readonly ulong _shift;
    private readonly FileIdentity? _identity;

    public KernelImage(ElfFile file, ulong? recordedText, Func<ulong?, ulong, ulong, ulong> shift)
    {
        Path = file.Path;
        _identity = FileIdentity.Of(file.Path);
        ElfSymbolTable symbols = ElfSymbolReader.Read([file]);
        _shift = shift(recordedText, Address(symbols, "_text"), Address(symbols, "_stext"));
    }

    public string Path { get; }

    /// <summary>Where an address of the kernel that ran is by the image.</summary>
    public ulong AddressOf(ulong place) => place - _shift;

    /// <summary>Its functions where they were when it ran.</summary>
    /// <exception cref="ElfException">The table is malformed.</exception>
    public FunctionTable ReadFunctions(Demangler demangler)
    {
        using ElfFile file = ElfFile.Open(Path);
        var entries = new List<FunctionTable.Entry>();
        var names = new List<byte>();
        foreach (ElfSymbol symbol in ElfSymbolReader.Read([file]).All)
        {
            if (symbol.Type is not (ElfSymbolType.Function or ElfSymbolType.None) || symbol.Address == 0)
                continue;
            entries.Add(new FunctionTable.Entry
            {
                Start = symbol.Address + _shift,
                End = symbol.Address + _shift + symbol.Size,
                Name = (uint)names.Count,
                Rank = FunctionTable.Entry.RankOf(symbol.Type == ElfSymbolType.None, symbol.Binding == ElfSymbolBinding.Weak, symbol.Binding == ElfSymbolBinding.Global),
            });
            names.AddRange(System.Text.Encoding.UTF8.GetBytes(symbol.Name));
            names.Add(0);
        }
        return FunctionTable.Create(entries, [names.ToArray()], demangler);
    }

    /// <summary>The bytes of a function, as they were linked.</summary>
    /// <exception cref="CodeNotFoundException">The image has none of it.</exception>
    /// <exception cref="ElfException">The image is damaged.</exception>
    public FunctionCode ReadCode(CodeSymbol function)
    {
        if (FileIdentity.Of(Path) != _identity)
            throw new CodeNotFoundException($"The file {Path} was replaced or removed since its symbols were read.");
        using ElfFile file = ElfFile.Open(Path);
        return new FunctionCode(ElfCode.Read(file, AddressOf(function.Start), function.Size), function.Start, file.Machine, Path);
    }

    private static ulong Address(ElfSymbolTable symbols, string name) => symbols.Find(name) is [var first, ..] ? first.Address : 0;
}
