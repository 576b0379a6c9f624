namespace PerfTrace.Symbols;

/// <summary>Names for offsets in programs and libraries. The tables that were used last are kept.</summary>
public sealed class FileSymbols
{
    /// <summary>A table takes a few megabytes for a large library.</summary>
    private const int MostTables = 64;

    private readonly Lock _guard = new();
    private readonly Dictionary<string, Table> _tables = new(StringComparer.Ordinal);
    private long _clock;

    private sealed class Table(ElfFile? file, ElfSymbolTable? symbols)
    {
        public readonly ElfFile? File = file;
        public readonly ElfSymbolTable? Symbols = symbols;
        public long UsedAt;
    }

    /// <summary>The function at an offset of a file and how far into it; null where the file can not be read or names none.</summary>
    public (ElfSymbol Symbol, ulong Offset)? Find(string path, ulong fileOffset)
    {
        lock (_guard)
        {
            Table table = TableOf(path);
            return table.File?.AddressOf(fileOffset) is { } address && table.Symbols?.Find(address) is { } symbol
                ? (symbol, address - symbol.Address)
                : null;
        }
    }

    private Table TableOf(string path)
    {
        if (!_tables.TryGetValue(path, out Table? table))
        {
            if (_tables.Count >= MostTables)
            {
                (string oldest, Table dropped) = _tables.MinBy(static t => t.Value.UsedAt);
                dropped.File?.Dispose();
                _tables.Remove(oldest);
            }
            _tables.Add(path, table = Load(path));
        }
        table.UsedAt = ++_clock;
        return table;
    }

    private static Table Load(string path)
    {
        ElfFile? file = null;
        try
        {
            file = ElfFile.Open(path);
            return new Table(file, SeparateDebugFile.ReadSymbols(file));
        }
        catch (Exception e) when (e is ElfException or IOException or UnauthorizedAccessException)
        {
            // Deleted since, in another mount namespace, or made up ([vdso]): the offset stays a number.
            file?.Dispose();
            return new Table(null, null);
        }
    }
}
