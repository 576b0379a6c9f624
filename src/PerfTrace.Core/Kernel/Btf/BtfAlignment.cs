namespace PerfTrace.Kernel;

/// <summary>How the C compiler lays types out, to tell where a declaration has to say more than its members: packed structs and gaps.</summary>
internal sealed class BtfAlignment
{
    private const int PointerSize = 8, DeepestNesting = 64;

    private readonly Dictionary<BtfType, long> _known = [];

    /// <summary>The boundary that a value of the type stands at, in bytes; 0 for a type without values.</summary>
    public long Of(BtfType type) => Of(type, 0);

    /// <summary>The struct can not be as it is unless it is packed.</summary>
    public bool IsPacked(BtfType type)
    {
        long largest = 1;
        foreach (BtfMember member in type.Members)
        {
            long alignment = Of(member.Type, 0);
            if (alignment > 0 && !member.IsBitField && member.BitOffset % (8 * alignment) != 0)
                return true;
            largest = Math.Max(largest, alignment);
        }
        return type.Size!.Value % largest != 0;
    }

    private long Of(BtfType type, int depth)
    {
        if (_known.TryGetValue(type, out long known))
            return known;
        if (depth > DeepestNesting)
            throw type.Damage("it is nested too deeply, or contains itself");
        long alignment = type.Kind switch
        {
            BtfKind.Integer or BtfKind.Enum or BtfKind.Enum64 or BtfKind.Float => Math.Min(PointerSize, type.Size!.Value),
            BtfKind.Pointer => PointerSize,
            BtfKind.Typedef or BtfKind.Array => Of(type.Type!, depth + 1),
            BtfKind.Struct or BtfKind.Union => OfMembers(type, depth),
            _ => type.IsQualifier ? Of(type.Type!, depth + 1) : 0,
        };
        return _known[type] = alignment;
    }

    private long OfMembers(BtfType type, int depth)
    {
        long largest = 1;
        foreach (BtfMember member in type.Members)
        {
            long alignment = Of(member.Type, depth + 1);
            if (alignment <= 0)
                return alignment;
            largest = Math.Max(largest, alignment);
            if (!member.IsBitField && member.BitOffset % (8 * alignment) != 0)
                return 1;
        }
        return type.Size!.Value % largest != 0 ? 1 : largest;
    }
}
