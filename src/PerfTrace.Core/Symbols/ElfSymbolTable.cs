using System.Text;

namespace PerfTrace.Symbols;

/// <summary>
/// Symbols sorted by address and, once a name is asked for, by name. Names stay bytes of the file's string tables until somebody wants one:
/// a symbol takes 36 bytes, and 4 more for lookups by name.
/// </summary>
public sealed class ElfSymbolTable
{
    private const int None = -1;

    private readonly Entry[] _entries;
    private readonly NameSource[] _sources;

    // For each entry the nearest one before it that reaches further: so aliases and nested symbols are found without a scan.
    private readonly int[] _further;
    private int[]? _byName;

    internal ElfSymbolTable(Entry[] entries, NameSource[] sources)
    {
        _entries = entries;
        _sources = sources;
        Array.Sort(entries, CompareByAddress);
        GiveSizes();
        _further = FindFurther();
    }

    public int Count => _entries.Length;

    /// <summary>All symbols by ascending address; a name that is in .symtab and .dynsym comes twice.</summary>
    public IEnumerable<ElfSymbol> All => _entries.Select(Describe);

    /// <summary>
    /// The symbol that an address is in: the innermost where they nest; of aliases a global function before others. A symbol without size reaches to the next.
    /// </summary>
    public ElfSymbol? Find(ulong address)
    {
        int low = 0, high = _entries.Length;
        while (low < high)
        {
            int middle = (int)(((uint)low + (uint)high) / 2);
            if (_entries[middle].Address <= address)
                low = middle + 1;
            else
                high = middle;
        }
        int found = low - 1;
        while (found >= 0 && address >= EndOf(found))
            found = _further[found];
        return found < 0 ? null : Describe(_entries[found]);
    }

    /// <summary>
    /// The symbols of a name, best first: default version, global, function. <c>name@VERSION</c> and <c>name@@VERSION</c> ask for one version.
    /// Several mean several versions, or static functions of several source files.
    /// </summary>
    public IReadOnlyList<ElfSymbol> Find(string name)
    {
        int at = name.IndexOf('@', Math.Min(1, name.Length));
        string? version = at < 0 ? null : name[at..].TrimStart('@');
        byte[] wanted = Encoding.UTF8.GetBytes(at < 0 ? name : name[..at]);
        int[] order = _byName ??= SortByName();
        int low = 0, high = order.Length;
        while (low < high)
        {
            int middle = (int)(((uint)low + (uint)high) / 2);
            if (NameOf(_entries[order[middle]]).SequenceCompareTo(wanted) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        var found = new List<ElfSymbol>();
        for (; low < order.Length && NameOf(_entries[order[low]]).SequenceEqual(wanted); low++)
        {
            ElfSymbol symbol = Describe(_entries[order[low]]);
            if (version is null || symbol.Version == version)
                found.Add(symbol);
        }
        // The same symbol is often in .symtab and in .dynsym; the one that knows its version stays.
        return
        [
            .. found.GroupBy(static s => (s.Address, Version: s.Version ?? ""))
                .Select(static g => g.First())
                .Where(s => s.Version is not null || !found.Exists(o => o.Address == s.Address && o.Version is not null))
                .OrderByDescending(static s => s.IsDefaultVersion)
                .ThenByDescending(static s => s.Binding != ElfSymbolBinding.Local)
                .ThenByDescending(static s => s.Type is ElfSymbolType.Function or ElfSymbolType.IndirectFunction)
                .ThenBy(static s => s.Address),
        ];
    }

    private static int CompareByAddress(Entry a, Entry b)
    {
        int order = a.Address.CompareTo(b.Address);
        if (order != 0)
            return order;
        // Lookups meet the last first: that is to be one with a size, the innermost, the best alias.
        order = a.HasSize.CompareTo(b.HasSize);
        if (order == 0)
            order = b.Size.CompareTo(a.Size);
        return order != 0 ? order : Rank(a).CompareTo(Rank(b));
    }

    private static int Rank(Entry entry) =>
        ((ElfSymbolType)(entry.Info & 0xf) is ElfSymbolType.Function or ElfSymbolType.IndirectFunction ? 4 : 0)
        + ((ElfSymbolBinding)(entry.Info >> 4) is ElfSymbolBinding.Global ? 2 : (ElfSymbolBinding)(entry.Info >> 4) is ElfSymbolBinding.Weak ? 1 : 0);

    // What has no size reaches to the next symbol; the last (_end, as a rule) is only where it is.
    private void GiveSizes()
    {
        ulong next = 0;
        for (int i = _entries.Length - 1; i >= 0; i--)
        {
            ref Entry entry = ref _entries[i];
            if (i + 1 < _entries.Length && _entries[i + 1].Address != entry.Address)
                next = _entries[i + 1].Address;
            if (!entry.HasSize)
                entry.Size = next > entry.Address ? next - entry.Address : 1;
        }
    }

    private int[] FindFurther()
    {
        int[] further = new int[_entries.Length];
        for (int i = 0; i < further.Length; i++)
        {
            int candidate = i - 1;
            while (candidate >= 0 && EndOf(candidate) <= EndOf(i))
                candidate = further[candidate];
            further[i] = candidate < 0 ? None : candidate;
        }
        return further;
    }

    private ulong EndOf(int index)
    {
        ref readonly Entry entry = ref _entries[index];
        return entry.Size > ulong.MaxValue - entry.Address ? ulong.MaxValue : entry.Address + entry.Size;
    }

    private int[] SortByName()
    {
        int[] order = new int[_entries.Length];
        for (int i = 0; i < order.Length; i++)
            order[i] = i;
        Array.Sort(order, (a, b) => NameOf(_entries[a]).SequenceCompareTo(NameOf(_entries[b])));
        return order;
    }

    // Without version: static tables write name@@VERSION into the name itself.
    private ReadOnlySpan<byte> NameOf(in Entry entry)
    {
        ReadOnlySpan<byte> text = TextOf(entry);
        int at = text.Length < 2 ? -1 : text[1..].IndexOf((byte)'@');
        return at < 0 ? text : text[..(at + 1)];
    }

    private ReadOnlySpan<byte> TextOf(in Entry entry)
    {
        ReadOnlySpan<byte> rest = _sources[entry.Source].Names.Span[(int)entry.Name..];
        int end = rest.IndexOf((byte)0);
        return end < 0 ? rest : rest[..end];
    }

    private ElfSymbol Describe(Entry entry)
    {
        ReadOnlySpan<byte> name = NameOf(entry), text = TextOf(entry);
        string? version = null;
        bool isDefault = true;
        if (text.Length > name.Length)
        {
            ReadOnlySpan<byte> suffix = text[name.Length..];
            isDefault = suffix.StartsWith("@@"u8);
            version = Encoding.UTF8.GetString(suffix.TrimStart((byte)'@'));
        }
        else if (_sources[entry.Source].Versions is { } versions)
        {
            (version, isDefault) = versions.Of(entry.Index);
        }
        return new ElfSymbol(Encoding.UTF8.GetString(name), version, isDefault, entry.Address, entry.HasSize ? entry.Size : 0,
            (ElfSymbolType)(entry.Info & 0xf), (ElfSymbolBinding)(entry.Info >> 4));
    }

    /// <summary>A symbol in 32 bytes.</summary>
    internal struct Entry(ulong address, ulong size, uint name, int index, byte info, byte source)
    {
        public readonly ulong Address = address;
        public ulong Size = size;
        public readonly uint Name = name;
        public readonly int Index = index;
        public readonly byte Info = info;
        public readonly byte Source = source;
        public readonly bool HasSize = size != 0;
    }

    /// <summary>A string table, and the versions of the symbols that use it.</summary>
    internal sealed record NameSource(ReadOnlyMemory<byte> Names, ElfVersions? Versions);
}
