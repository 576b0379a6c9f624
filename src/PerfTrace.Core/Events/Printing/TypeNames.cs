
namespace PerfTrace.Events.Printing;

/// <summary>The names of C types that casts, sizeof and declarations in print formats use.</summary>
internal sealed class TypeNames
{
    private static readonly Dictionary<string, CType> Known = new(StringComparer.Ordinal)
    {
        ["void"] = CType.Void, ["bool"] = CType.Bool, ["_Bool"] = CType.Bool,
        ["u8"] = CType.UnsignedChar, ["__u8"] = CType.UnsignedChar, ["uint8_t"] = CType.UnsignedChar, ["unchar"] = CType.UnsignedChar,
        ["s8"] = CType.Char, ["__s8"] = CType.Char, ["int8_t"] = CType.Char,
        ["u16"] = CType.Integer(2, false), ["__u16"] = CType.Integer(2, false), ["uint16_t"] = CType.Integer(2, false),
        ["__le16"] = CType.Integer(2, false), ["__be16"] = CType.Integer(2, false), ["umode_t"] = CType.Integer(2, false),
        ["ushort"] = CType.Integer(2, false),
        ["s16"] = CType.Integer(2, true), ["__s16"] = CType.Integer(2, true), ["int16_t"] = CType.Integer(2, true),
        ["u32"] = CType.UnsignedInt, ["__u32"] = CType.UnsignedInt, ["uint32_t"] = CType.UnsignedInt, ["uint"] = CType.UnsignedInt,
        ["__le32"] = CType.UnsignedInt, ["__be32"] = CType.UnsignedInt, ["gfp_t"] = CType.UnsignedInt, ["dev_t"] = CType.UnsignedInt,
        ["uid_t"] = CType.UnsignedInt, ["gid_t"] = CType.UnsignedInt,
        ["s32"] = CType.Int, ["__s32"] = CType.Int, ["int32_t"] = CType.Int, ["pid_t"] = CType.Int,
        ["u64"] = CType.UnsignedLong, ["__u64"] = CType.UnsignedLong, ["uint64_t"] = CType.UnsignedLong, ["size_t"] = CType.UnsignedLong,
        ["__le64"] = CType.UnsignedLong, ["__be64"] = CType.UnsignedLong, ["ulong"] = CType.UnsignedLong, ["uintptr_t"] = CType.UnsignedLong,
        ["sector_t"] = CType.UnsignedLong, ["ino_t"] = CType.UnsignedLong, ["pgoff_t"] = CType.UnsignedLong, ["dma_addr_t"] = CType.UnsignedLong,
        ["phys_addr_t"] = CType.UnsignedLong, ["resource_size_t"] = CType.UnsignedLong,
        ["s64"] = CType.Long, ["__s64"] = CType.Long, ["int64_t"] = CType.Long, ["ssize_t"] = CType.Long, ["loff_t"] = CType.Long,
        ["off_t"] = CType.Long, ["ktime_t"] = CType.Long, ["time64_t"] = CType.Long,
    };

    private static readonly HashSet<string> Words = new(StringComparer.Ordinal)
    {
        "unsigned", "signed", "char", "short", "int", "long", "const", "volatile", "struct", "union", "enum", "static", "register",
        "__user", "__force", "__iomem", "__percpu", "__rcu", "__kernel",
    };

    private readonly Dictionary<string, CType> _ofFields = new(StringComparer.Ordinal);

    /// <param name="format">Its fields tell the sizes of types that are not in the table.</param>
    public TypeNames(EventFormat format)
    {
        foreach (EventField field in format.Fields)
        {
            if (field.Kind == EventFieldKind.Integer && !field.TypeName.Contains(' '))
                _ofFields.TryAdd(field.TypeName, CType.Integer(field.Size, field.IsSigned));
        }
    }

    /// <summary>The word may begin the name of a type.</summary>
    public bool Begins(string word) => Words.Contains(word) || Known.ContainsKey(word) || _ofFields.ContainsKey(word);

    /// <summary>The type of some words, without stars; null: not known.</summary>
    public CType? Find(IReadOnlyList<string> words)
    {
        int longs = 0;
        bool isUnsigned = false, isSigned = false;
        string? basic = null, tag = null, typedef = null;
        for (int i = 0; i < words.Count; i++)
        {
            switch (words[i])
            {
                case "long": longs++; break;
                case "unsigned": isUnsigned = true; break;
                case "signed": isSigned = true; break;
                case "char" or "short" or "int": basic = basic is "short" ? basic : words[i]; break;
                case "struct" or "union" or "enum":
                    tag = words[i] + " " + (i + 1 < words.Count ? words[++i] : "");
                    break;
                default:
                    if (!Words.Contains(words[i]))
                        typedef = words[i];
                    break;
            }
        }
        if (tag is not null)
            return tag.StartsWith("enum ", StringComparison.Ordinal) ? CType.UnsignedInt : Aggregate(tag);
        if (typedef is not null)
            return Known.TryGetValue(typedef, out CType? known) || _ofFields.TryGetValue(typedef, out known) ? known : KernelTypes.Running.Typedef(typedef);
        return basic switch
        {
            "char" => CType.Integer(1, !isUnsigned),
            "short" => CType.Integer(2, !isUnsigned),
            _ when longs > 0 => CType.Integer(8, !isUnsigned),
            "int" => CType.Integer(4, !isUnsigned),
            _ => isUnsigned ? CType.UnsignedInt : isSigned ? CType.Int : null,
        };
    }

    // struct page has 64 bytes on 64-bit kernels, unless one configures what hardly anybody does.
    private static CType Aggregate(string tag) =>
        new(CTypeKind.Aggregate, KernelTypes.Running.SizeOf(tag) ?? (tag == "struct page" ? 64 : 0), false, Name: tag);

    /// <summary>The type of what <c>REC->name</c> is.</summary>
    public CType OfField(EventField field)
    {
        switch (field.Kind)
        {
            case EventFieldKind.Integer:
                return field.TypeName is "bool" or "_Bool" ? CType.Bool : CType.Integer(field.Size, field.IsSigned);
            case EventFieldKind.Pointer:
                string pointed = field.TypeName.EndsWith('*') ? field.TypeName[..^1] : "void";
                bool isTwice = pointed.Contains('*');
                return CType.PointerTo(isTwice ? CType.VoidPointer : Find(pointed.Split(' ', StringSplitOptions.RemoveEmptyEntries)) ?? CType.Void);
            case EventFieldKind.FixedString:
                return CType.ArrayOf(CType.Integer(1, field.IsSigned), field.Size);
            case EventFieldKind.FixedArray:
                return CType.ArrayOf(CType.Integer(field.ElementSize, field.IsSigned), field.Size);
            case EventFieldKind.Opaque when !field.TypeName.StartsWith("__", StringComparison.Ordinal):
                int bracket = field.TypeName.IndexOf('[');
                var aggregate = new CType(CTypeKind.Aggregate, field.Size, false, Name: bracket < 0 ? field.TypeName : field.TypeName[..bracket]);
                return bracket < 0 ? aggregate : CType.ArrayOf(aggregate with { Size = KernelTypes.Running.SizeOf(aggregate.Name!) ?? 0 }, field.Size);
            default:
                return CType.UnsignedInt; // where the dynamic field's bytes are
        }
    }
}
