namespace PerfTrace.BpfTrace;

/// <summary>Several values in one, each at a multiple of its alignment as in a C struct; with names, a record that a script made.</summary>
internal sealed record TupleType : ScriptType
{
    public TupleType(IReadOnlyList<ScriptType> elements, IReadOnlyList<string>? names = null)
    {
        Elements = elements;
        Names = names;
        int[] offsets = new int[elements.Count];
        int at = 0, alignment = 1;
        for (int i = 0; i < offsets.Length; i++)
        {
            at = AlignUp(at, elements[i].Alignment);
            offsets[i] = at;
            at += elements[i].Size;
            alignment = Math.Max(alignment, elements[i].Alignment);
        }
        Offsets = offsets;
        Alignment = alignment;
        Size = AlignUp(at, alignment);
    }

    public IReadOnlyList<ScriptType> Elements { get; }

    /// <summary>Null for a tuple.</summary>
    public IReadOnlyList<string>? Names { get; }

    /// <summary>Where each element begins. What lies between them is zero: keys are compared byte by byte.</summary>
    public IReadOnlyList<int> Offsets { get; }

    public override int Size { get; }

    public override int Alignment { get; }

    public override string Name => $"({string.Join(",", Elements.Select((e, i) => Names is null ? e.Name : $"{Names[i]}={e.Name}"))})";

    public bool Equals(TupleType? other) => other is not null && Elements.SequenceEqual(other.Elements) && (Names ?? []).SequenceEqual(other.Names ?? []);

    public override int GetHashCode() => Elements.Aggregate(Elements.Count, static (hash, e) => HashCode.Combine(hash, e));
}
