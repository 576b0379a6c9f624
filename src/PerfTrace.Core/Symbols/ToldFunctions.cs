using System.Buffers;

namespace PerfTrace.Symbols;

/// <summary>Functions of a file that a recording tells of with their names, as that of another machine does (simpleperf).</summary>
internal sealed class ToldFunctions
{
    // So many bytes of names are kept of a recording's file.
    private const int MostNames = 256 << 20;

    private readonly List<FunctionTable.Entry> _entries = [];
    private readonly ArrayBufferWriter<byte> _names = new();
    private readonly Lock _guard = new();
    private FunctionTable? _table;

    /// <summary>Adds a function; its places are counted as those of the module are.</summary>
    public void Add(ulong place, ulong size, ReadOnlySpan<byte> name)
    {
        if (_names.WrittenCount + name.Length + 1 > MostNames || size == 0)
            return;
        _entries.Add(new FunctionTable.Entry
        {
            Start = place,
            End = size > ulong.MaxValue - place ? ulong.MaxValue : place + size,
            Name = (uint)_names.WrittenCount,
            Rank = FunctionTable.Entry.RankOf(isLabel: false, isWeak: false, isGlobal: true),
        });
        _names.Write(name);
        _names.Write((ReadOnlySpan<byte>)[0]);
    }

    /// <summary>The names of a module: its own, and where it has none these.</summary>
    public CodeSymbols Behind(CodeSymbols own, Demangler demangler)
    {
        lock (_guard)
            return new Both(own, _table ??= FunctionTable.Create(_entries, [_names.WrittenMemory], demangler));
    }

    private sealed class Both(CodeSymbols own, FunctionTable told) : CodeSymbols
    {
        public override string? File => own.File;

        public override string? Missing => own.Missing;

        public override CodeSymbol? Find(ulong place) => own.Find(place) ?? told.Find(place);

        public override ulong? AddressOf(ulong place) => own.AddressOf(place);

        public override ulong? PlaceOf(ulong address) => own.PlaceOf(address);

        public override FunctionCode ReadCode(CodeSymbol function) => own.ReadCode(function);

        public override IReadOnlyList<CodeLocation> Locate(ulong place) => own.Locate(place);
    }
}
