namespace PerfTrace.Kernel;

/// <summary>A property of the class of a struct: a member, or one of a struct without a name in it.</summary>
/// <param name="Name">The property's name: the member's, as far as no other differs from it in case alone.</param>
/// <param name="Member">The member's own name.</param>
/// <param name="Type">Its type.</param>
/// <param name="BitOffset">Bits from the beginning of the class's struct.</param>
/// <param name="BitFieldSize">Bits of a bit field; otherwise 0.</param>
/// <param name="IsLast">Nothing stands behind it: an array of no length has all that follows the struct.</param>
internal sealed record BtfProperty(string Name, string Member, BtfType Type, long BitOffset, int BitFieldSize, bool IsLast)
{
    private const int DeepestNesting = 64, MostProperties = 20_000;

    /// <summary>The properties of a struct, union or section.</summary>
    /// <exception cref="BtfException">A member reaches beyond the struct, or the struct contains itself.</exception>
    public static IReadOnlyList<BtfProperty> Of(BtfType type)
    {
        var found = new List<BtfProperty>();
        if (type.Kind == BtfKind.DataSection)
        {
            foreach (BtfVariable variable in type.Variables)
                found.Add(new BtfProperty("", variable.Name, variable.Type, 8 * variable.Offset, 0, false));
        }
        else
        {
            Collect(type, 0, found, 0);
        }
        var used = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        long size = 8 * type.Size!.Value, last = found.Count == 0 ? 0 : found.Max(static p => p.BitOffset);
        for (int i = 0; i < found.Count; i++)
        {
            BtfProperty property = found[i];
            long bits = property.BitFieldSize > 0 ? property.BitFieldSize : 8 * (property.Type.Size ?? 0);
            if (property.BitOffset + bits > size)
                throw type.Damage($"its member {property.Member} reaches to bit {property.BitOffset + bits}, and it has {size}");
            if (property.BitFieldSize > 64 || (property.BitFieldSize == 0 && property.BitOffset % 8 != 0))
                throw type.Damage($"its member {property.Member} is at bit {property.BitOffset} and has {bits} bits");
            string name = property.Member;
            for (int n = 2; !used.Add(name); n++)
                name = $"{property.Member}_{n}";
            found[i] = property with { Name = name, IsLast = i == found.Count - 1 && (bits == 0 ? property.BitOffset >= last : property.BitOffset + bits == size) };
        }
        return found;
    }

    private static void Collect(BtfType type, long at, List<BtfProperty> found, int depth)
    {
        if (depth > DeepestNesting || found.Count > MostProperties)
            throw type.Damage("it is nested too deeply, or contains itself");
        foreach (BtfMember member in type.Members)
        {
            if (member.Name.Length > 0)
                found.Add(new BtfProperty("", member.Name, member.Type, at + member.BitOffset, (int)member.BitFieldSize, false));
            else if (member.Type.Resolve() is { Kind: BtfKind.Struct or BtfKind.Union } inner)
                Collect(inner, at + member.BitOffset, found, depth + 1);
            // Otherwise it fills a gap.
        }
    }
}
