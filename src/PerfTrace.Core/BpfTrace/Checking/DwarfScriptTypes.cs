using PerfTrace.Symbols;

namespace PerfTrace.BpfTrace;

/// <summary>The types of a program's debug information as the language has them, each made once. What they lead to is in the process's memory.</summary>
internal sealed class DwarfScriptTypes
{
    // DW_ATE_* of the DWARF standard.
    private const int Boolean = 2, Float = 4, Signed = 5, SignedCharacter = 6;

    private readonly Dictionary<nint, RecordType> _records = [];

    /// <summary>The parameters of a function, each in 8 bytes by its number; those that are in no register of numbers (of floating point, structs) are left out.</summary>
    public RecordType OfParameters(DwarfEntry function)
    {
        var fields = new List<RecordField>();
        int at = 0;
        foreach (DwarfEntry parameter in function.Children.Where(static c => c.Tag == DwarfEntry.Parameter))
        {
            ScriptType type = Of(parameter.Type);
            // By value up to 16 bytes are in registers, more are on the stack (System V ABI, AAPCS64).
            int registers = type is RecordType or ArrayType or StringType ? type.Size <= 16 ? (type.Size + 7) / 8 : 0 : IsFloat(parameter.Type) ? 0 : 1;
            if (type.IsScalar && registers == 1 && parameter.Name.Length > 0)
                fields.Add(new RecordField(parameter.Name, type, at));
            at += registers * sizeof(ulong);
        }
        return new RecordType("", function.Name, at, sizeof(ulong), () => fields);
    }

    private ScriptType Of(DwarfEntry? type)
    {
        if (type?.Plain is not { } plain)
            return VoidType.Instance;
        return plain.Tag switch
        {
            DwarfEntry.BaseType => OfNumber(plain),
            DwarfEntry.Pointer or DwarfEntry.Reference or DwarfEntry.RightReference => new PointerType(Of(plain.Type), MemorySpace.User),
            DwarfEntry.Struct or DwarfEntry.Class or DwarfEntry.Union => OfRecord(plain),
            DwarfEntry.Enumeration => OfEnum(plain),
            DwarfEntry.Array => OfArray(plain),
            _ => VoidType.Instance,
        };
    }

    private static bool IsFloat(DwarfEntry? type) => type?.Plain is { Tag: DwarfEntry.BaseType, Encoding: Float };

    private static ScriptType OfNumber(DwarfEntry type) => (type.Encoding, type.Bytes) switch
    {
        (Boolean, 1) => BooleanType.Instance,
        (var encoding, (1 or 2 or 4 or 8) and int bytes) => new IntegerType(bytes, encoding is Signed or SignedCharacter),
        _ => new ArrayType(new IntegerType(1, false), type.Bytes ?? 0),
    };

    private static EnumType OfEnum(DwarfEntry type)
    {
        var names = new Dictionary<long, string>();
        foreach (DwarfEntry member in type.Children.Where(static c => c.Tag == DwarfEntry.Enumerator))
            names.TryAdd(member.Value, member.Name);
        return new EnumType(type.Name, new IntegerType(type.Bytes is (1 or 2 or 4 or 8) and int bytes ? bytes : 4, names.Keys.Any(static v => v < 0)), names);
    }

    private ScriptType OfArray(DwarfEntry type)
    {
        ScriptType element = Of(type.Type);
        // The last dimension is the innermost.
        foreach (DwarfEntry dimension in type.Children.Where(static c => c.Tag == DwarfEntry.Subrange).Reverse())
            element = element is IntegerType { Bytes: 1, IsSigned: true } && dimension.Count > 0 ? new StringType(dimension.Count) : new ArrayType(element, dimension.Count);
        return element;
    }

    private RecordType OfRecord(DwarfEntry type)
    {
        if (_records.TryGetValue(type.Id, out RecordType? known))
            return known;
        int size = type.Bytes ?? 0;
        int alignment = size % 8 == 0 ? 8 : size % 4 == 0 ? 4 : size % 2 == 0 ? 2 : 1;
        return _records[type.Id] = new RecordType(type.Tag == DwarfEntry.Union ? "union" : "struct", type.Name, size, alignment, () => Fields(type));
    }

    private List<RecordField> Fields(DwarfEntry type)
    {
        var fields = new List<RecordField>();
        foreach (DwarfEntry member in type.Children.Where(static c => c.Tag == DwarfEntry.Member))
        {
            ScriptType found = Of(member.Type);
            if (member.Name.Length == 0 && found is RecordType inner)
                fields.AddRange(inner.Fields.Select(f => f with { Offset = f.Offset + member.Offset }));
            else if (member.Bits > 0 && found.Size > 0)
                fields.Add(BtfScriptTypes.BitField(member.Name, found, member.BitOffset, member.Bits));
            else if (member.Name.Length > 0)
                fields.Add(new RecordField(member.Name, found, member.Offset));
        }
        return fields;
    }
}
