using System.Runtime.InteropServices;
using PerfTrace.Symbols;

namespace PerfTrace.BpfTrace;

/// <summary>The types of a program's debug information as the language has them, each made once. What they lead to is in the process's memory.</summary>
internal sealed class DwarfScriptTypes
{
    // DW_ATE_* of the DWARF standard.
    private const int Boolean = 2, Float = 4, Signed = 5, SignedCharacter = 6;

    // Both the System V ABI of x86-64 and AAPCS64 pass so many arguments in registers of floating point; further ones are on the stack.
    private const int FloatRegisters = 8;

    private readonly Dictionary<nint, RecordType> _records = [];

    /// <summary>
    /// The parameters of a function, each in 8 bytes by its number; those of floating point are left out. Where a struct or a number of more than 8 bytes is, depends on what it is made
    /// of and on the language, and with it where those behind it are: these can not be read by name. So it is with a result that the caller may have made room for.
    /// </summary>
    public RecordType OfParameters(DwarfEntry function)
    {
        var fields = new List<RecordField>();
        int at = 0;
        int floats = 0;
        // Of ARM64 the address of the result's room has a register of its own.
        string? shift = RuntimeInformation.ProcessArchitecture != Architecture.Arm64 && function.Type is { } result && Of(result) is RecordType or ArrayType or StringType && !IsNumber(result)
            ? $"the result of {function.Name}(), which its caller may have made room for" : null;
        foreach (DwarfEntry parameter in function.Children.Where(static c => c.Tag == DwarfEntry.Parameter))
        {
            ScriptType type = Of(parameter.Type);
            bool isFloat = IsFloat(parameter.Type);
            if (!type.IsScalar)
                shift ??= $"the argument '{parameter.Name}', which has more than a register or is no number";
            if (isFloat && ++floats > FloatRegisters)
                shift ??= $"the argument '{parameter.Name}', which is on the stack";
            if (shift is null && isFloat)
                continue;
            if (parameter.Name.Length > 0)
                fields.Add(new RecordField(parameter.Name, type, at) { Problem = shift is null ? null : $"it is not known where the argument '{parameter.Name}' is: that depends on {shift}" });
            at += sizeof(ulong);
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

    // A double is an array of bytes to scripts.
    private static bool IsNumber(DwarfEntry type) => type.Plain is { Tag: DwarfEntry.BaseType };

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
