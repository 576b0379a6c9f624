using System.Runtime.InteropServices;

namespace PerfTrace.Symbols;

/// <summary>
/// The functions of a module by place, for lookups that make no garbage: each function's <see cref="CodeSymbol"/> is made when it is first found.
/// Of names for the same place it takes the one that perf takes: a function before a label, strong before weak, global before local, fewer
/// underscores in front, the longest. Safe for several threads.
/// </summary>
internal sealed class FunctionTable
{
    private const int None = -1;
    private const ulong PageSize = 4096;

    private readonly Entry[] _entries;
    private readonly ReadOnlyMemory<byte>[] _names;
    private readonly Demangler _demangler;

    // Begins, apart from the rest so that a search touches little memory; the nearest function before that reaches further (None: there is none).
    private readonly ulong[] _starts;
    private readonly int[] _further;
    private readonly CodeSymbol?[] _known;

    private FunctionTable(Entry[] entries, ReadOnlyMemory<byte>[] names, Demangler demangler)
    {
        _entries = entries;
        _names = names;
        _demangler = demangler;
        _starts = Array.ConvertAll(entries, static e => e.Start);
        _known = new CodeSymbol?[entries.Length];
        _further = FindFurther();
    }

    public int Count => _entries.Length;

    /// <summary>Makes a table of what was collected, in the order that it was found in.</summary>
    /// <param name="entries">The functions; changed by this.</param>
    /// <param name="names">The string tables that they point into: names end with a zero.</param>
    /// <param name="demangler">Makes names readable.</param>
    public static FunctionTable Create(List<Entry> entries, ReadOnlyMemory<byte>[] names, Demangler demangler)
    {
        Span<Entry> all = CollectionsMarshal.AsSpan(entries);
        for (int i = 0; i < all.Length; i++)
            all[i].Order = i;
        all.Sort(static (a, b) => a.Start.CompareTo(b.Start) is var order and not 0 ? order : a.Order.CompareTo(b.Order));
        GiveSizes(all);
        return new FunctionTable(KeepBest(all, names, demangler), names, demangler);
    }

    /// <summary>The function at a place, the innermost where they nest; the same object each time. Null: there is none.</summary>
    public CodeSymbol? Find(ulong place)
    {
        int found = IndexOf(place);
        if (found < 0)
            return null;
        if (Volatile.Read(ref _known[found]) is { } known)
            return known;
        ref readonly Entry entry = ref _entries[found];
        var made = new CodeSymbol(_demangler.Demangle(NameOf(entry, _names)), entry.Start, entry.End - entry.Start);
        return Interlocked.CompareExchange(ref _known[found], made, null) ?? made;
    }

    private int IndexOf(ulong place)
    {
        int found = Array.BinarySearch(_starts, place);
        if (found < 0)
            found = ~found - 1;
        while (found >= 0 && place >= _entries[found].End)
            found = _further[found];
        return found;
    }

    // What has no size reaches to the next symbol. Behind the last one of the kernel or of a module, and of all, nothing tells: to the end of a page.
    private static void GiveSizes(Span<Entry> entries)
    {
        for (int i = 0; i < entries.Length; i++)
        {
            ref Entry entry = ref entries[i];
            if (entry.End != entry.Start)
                continue;
            bool isLast = i + 1 == entries.Length;
            entry.End = !isLast && entries[i + 1].Part == entry.Part ? entries[i + 1].Start
                : entry.Start > ulong.MaxValue - (2 * PageSize) ? ulong.MaxValue
                : ((entry.Start + PageSize - 1) & ~(PageSize - 1)) + PageSize;
        }
    }

    private static Entry[] KeepBest(Span<Entry> sorted, ReadOnlyMemory<byte>[] names, Demangler demangler)
    {
        int count = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            if (count > 0 && sorted[count - 1].Start == sorted[i].Start)
            {
                if (IsBetter(sorted[i], sorted[count - 1], names, demangler))
                    sorted[count - 1] = sorted[i];
            }
            else
            {
                sorted[count++] = sorted[i];
            }
        }
        return sorted[..count].ToArray();
    }

    private static bool IsBetter(in Entry candidate, in Entry best, ReadOnlyMemory<byte>[] names, Demangler demangler)
    {
        bool isEmpty = candidate.End == candidate.Start;
        if (isEmpty != (best.End == best.Start))
            return !isEmpty;
        if (candidate.Rank != best.Rank)
            return candidate.Rank > best.Rank;
        ReadOnlySpan<byte> name = NameOf(candidate, names), other = NameOf(best, names);
        if (name.SequenceEqual(other))
            return false;
        // The complete and the base constructor (C1, C2) are one name to people, and common.
        if (name.Length == other.Length && Demangler.IsMangled(name) && Demangler.IsMangled(other))
            return false;
        string text = demangler.Demangle(name), otherText = demangler.Demangle(other);
        int underscores = Underscores(text), otherUnderscores = Underscores(otherText);
        return underscores != otherUnderscores ? underscores < otherUnderscores : text.Length > otherText.Length;
    }

    private static int Underscores(string name) => name.AsSpan().IndexOfAnyExcept('_') is >= 0 and var count ? count : name.Length;

    private static ReadOnlySpan<byte> NameOf(in Entry entry, ReadOnlyMemory<byte>[] names)
    {
        ReadOnlySpan<byte> rest = names[entry.Source].Span[(int)entry.Name..];
        int end = rest.IndexOf((byte)0);
        return end < 0 ? rest : rest[..end];
    }

    private int[] FindFurther()
    {
        int[] further = new int[_entries.Length];
        for (int i = 0; i < further.Length; i++)
        {
            int candidate = i - 1;
            while (candidate >= 0 && _entries[candidate].End <= _entries[i].End)
                candidate = further[candidate];
            further[i] = candidate < 0 ? None : candidate;
        }
        return further;
    }

    /// <summary>A function in 32 bytes.</summary>
    internal struct Entry
    {
        /// <summary>Where it begins.</summary>
        public ulong Start;

        /// <summary>Behind its last byte; <see cref="Start"/> when nothing told.</summary>
        public ulong End;

        /// <summary>Where its name is in the string table.</summary>
        public uint Name;

        /// <summary>Its turn among those that were found.</summary>
        internal int Order;

        /// <summary>The module that it is of where a table has several; sizes do not reach from one to another.</summary>
        public ushort Part;

        /// <summary>The string table.</summary>
        public byte Source;

        /// <summary>How much it is preferred to others of the same place.</summary>
        public byte Rank;

        /// <summary>A label is less than a function, weak less than strong, local less than global: in this order.</summary>
        public static byte RankOf(bool isLabel, bool isWeak, bool isGlobal) => (byte)((isLabel ? 0 : 4) + (isWeak ? 0 : 2) + (isGlobal ? 1 : 0));
    }
}
