using PerfTrace.Kernel;

namespace PerfTrace.BpfTrace;

/// <summary>The kernel's types as the language has them, each made once.</summary>
internal sealed class BtfScriptTypes
{
    private readonly Dictionary<BtfType, RecordType> _records = [];
    private readonly Dictionary<BtfType, EnumType> _enums = [];

    /// <summary>A type of the kernel; addresses in it are of the kernel, where no tag says that they are of a process.</summary>
    public ScriptType Of(BtfType type)
    {
        BtfType plain = type.Resolve();
        return plain.Kind switch
        {
            BtfKind.Integer => OfInteger(plain),
            BtfKind.Float => new IntegerType((int)plain.Size!.Value, false),
            BtfKind.Enum or BtfKind.Enum64 => OfEnum(plain),
            BtfKind.Pointer => OfPointer(plain),
            BtfKind.Array => OfArray(plain),
            BtfKind.Struct or BtfKind.Union => OfRecord(plain),
            BtfKind.Forward => OfForward(plain),
            _ => VoidType.Instance,
        };
    }

    public RecordType OfRecord(BtfType type)
    {
        if (_records.TryGetValue(type, out RecordType? known))
            return known;
        int size = (int)type.Size!.Value;
        var record = new RecordType(type.Kind == BtfKind.Union ? "union" : "struct", type.Name, size, AlignmentOf(size), () => ReadFields(type));
        return _records[type] = record;
    }

    /// <summary>
    /// The parameters of a function, as a program of fentry, fexit or a BTF tracepoint has them in its context: each in 8 bytes, a struct in as many as it needs. The verifier knows the
    /// type of addresses of structs.
    /// </summary>
    /// <param name="prototype">The function or its prototype.</param>
    /// <param name="name">What messages call the parameters.</param>
    /// <param name="skip">So many of the first do not count: a tracepoint's own data.</param>
    /// <param name="isFollowed">The verifier knows what addresses of structs lead to.</param>
    public RecordType OfParameters(BtfType prototype, string name, int skip = 0, bool isFollowed = true)
    {
        var fields = new List<RecordField>();
        int at = 0;
        foreach (BtfParameter parameter in prototype.Parameters.Skip(skip).Where(static p => !p.IsVariadic))
        {
            ScriptType type = isFollowed ? Trusted(Of(parameter.Type)) : Of(parameter.Type);
            fields.Add(new RecordField(parameter.Name, type, at));
            at += Math.Max(sizeof(ulong), ScriptType.AlignUp(type.Size, sizeof(ulong)));
        }
        return new RecordType("", name, at, sizeof(ulong), () => fields);
    }

    /// <summary>An address of a struct that the verifier follows by its type.</summary>
    public static ScriptType Trusted(ScriptType type) =>
        type is PointerType { Target: RecordType, Space: MemorySpace.Kernel } pointer ? pointer with { Space = MemorySpace.Trusted } : type;

    // The kernel's own structs are aligned as their size allows; to know it better all their members would be read.
    private static int AlignmentOf(int size) => size % 8 == 0 ? 8 : size % 4 == 0 ? 4 : size % 2 == 0 ? 2 : 1;

    private static ScriptType OfInteger(BtfType type)
    {
        int bytes = (int)type.Size!.Value;
        return type.IsBoolean && bytes == 1 ? BooleanType.Instance
            : type.IsCharacter ? new IntegerType(1, true)
            : bytes > sizeof(ulong) ? new ArrayType(IntegerType.UInt64, bytes / sizeof(ulong))
            : new IntegerType(bytes, type.IsSigned);
    }

    private EnumType OfEnum(BtfType type)
    {
        if (_enums.TryGetValue(type, out EnumType? known))
            return known;
        var names = new Dictionary<long, string>();
        foreach (BtfEnumerator enumerator in type.Enumerators)
            names.TryAdd((long)enumerator.Bits, enumerator.Name);
        return _enums[type] = new EnumType(type.Name, new IntegerType((int)type.Size!.Value, type.IsSigned), names);
    }

    private PointerType OfPointer(BtfType type)
    {
        MemorySpace space = MemorySpace.Kernel;
        BtfType target = type.Type!;
        while (target.IsQualifier)
        {
            if (target is { Kind: BtfKind.TypeTag, Name: "user" })
                space = MemorySpace.User;
            target = target.Type!;
        }
        return new PointerType(Of(target), space);
    }

    private ScriptType OfArray(BtfType type)
    {
        BtfType element = type.Type!.Resolve();
        int count = (int)Math.Min(type.Length!.Value, int.MaxValue);
        return element.IsCharacter && count > 0 ? new StringType(count) : new ArrayType(Of(element), count);
    }

    private RecordType OfForward(BtfType type)
    {
        if (!_records.TryGetValue(type, out RecordType? known))
            _records[type] = known = new RecordType(type.IsUnionForward ? "union" : "struct", type.Name, 0, 1, static () => []);
        return known;
    }

    private List<RecordField> ReadFields(BtfType type)
    {
        var fields = new List<RecordField>();
        foreach (BtfMember member in type.Members)
        {
            int offset = (int)member.Offset;
            BtfType plain = member.Type.Resolve();
            if (member.Name.Length == 0 && plain.Kind is BtfKind.Struct or BtfKind.Union)
                fields.AddRange(OfRecord(plain).Fields.Select(f => f with { Offset = f.Offset + offset }));
            else if (member.IsBitField)
                fields.Add(BitField(member.Name, Of(plain), (int)member.BitOffset, (int)member.BitFieldSize));
            else if (member.Name.Length > 0)
                fields.Add(new RecordField(member.Name, Of(plain), offset));
        }
        return fields;
    }

    /// <summary>A bit field, in an integer of its type where all its bits are in one, or else in 8 bytes that begin with its first.</summary>
    public static RecordField BitField(string name, ScriptType type, int bit, int bits)
    {
        int unit = type.Size * 8;
        int offset = bit / unit * type.Size, shift = bit % unit;
        if (shift + bits > unit)
            (offset, shift) = (bit / 8, bit % 8);
        return new RecordField(name, type, offset) { BitShift = shift, BitSize = bits };
    }
}
