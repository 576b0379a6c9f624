using PerfTrace.Events;

namespace PerfTrace.BpfTrace;

/// <summary>The fields of a tracepoint's record, from its <c>format</c> file.</summary>
/// <param name="find">A type by the name that C has for it; null when it is not known.</param>
internal sealed class FormatRecords(Func<string, ScriptType?> find)
{
    // What the arguments of system calls lead to is the process's.
    private const string SystemCalls = "syscalls";

    public RecordType Of(EventFormat format)
    {
        MemorySpace space = format.System == SystemCalls ? MemorySpace.User : MemorySpace.Kernel;
        int size = format.Fields.Concat(format.CommonFields).Select(static f => f.Offset + f.Size).DefaultIfEmpty(0).Max();
        return new RecordType("", $"tracepoint:{format.FullName}", size, 8, () => [.. format.Fields.Select(f => Of(f, space))]);
    }

    private RecordField Of(EventField field, MemorySpace space)
    {
        DataLocation location = field.Kind is EventFieldKind.DynamicString or EventFieldKind.DynamicArray or EventFieldKind.DynamicBitmask
            || field.TypeName.StartsWith("__data_loc", StringComparison.Ordinal)
            ? DataLocation.FromRecord
            : DataLocation.InPlace;
        if (field.IsRelative)
            location = DataLocation.FromField;
        return new RecordField(field.Name, TypeOf(field, space, location), field.Offset) { Location = location };
    }

    private ScriptType TypeOf(EventField field, MemorySpace space, DataLocation location)
    {
        if (location != DataLocation.InPlace)
            return ElementOf(field);
        return field.Kind switch
        {
            EventFieldKind.FixedString when field.Size > 0 => new StringType(field.Size),
            EventFieldKind.FixedString or EventFieldKind.FixedArray => new ArrayType(ElementOf(field), field.Size / Math.Max(1, field.ElementSize)),
            EventFieldKind.Pointer => new PointerType(TargetOf(field.TypeName), space),
            EventFieldKind.Integer => field.TypeName is "bool" or "_Bool" && field.Size == 1
                ? BooleanType.Instance
                : field.TypeName.StartsWith("enum ", StringComparison.Ordinal) && find(field.TypeName) is EnumType @enum && @enum.Size == field.Size
                    ? @enum
                    : new IntegerType(field.Size, field.IsSigned),
            _ => find(field.TypeName) is { } known && known.Size == field.Size ? known : new ArrayType(new IntegerType(1, false), field.Size),
        };
    }

    // An array of addresses has its stars before the brackets.
    private ScriptType ElementOf(EventField field)
    {
        string name = field.TypeName.Replace("__data_loc ", "", StringComparison.Ordinal).Replace("__rel_loc ", "", StringComparison.Ordinal);
        int bracket = name.IndexOf('[', StringComparison.Ordinal);
        name = (bracket < 0 ? name : name[..bracket]).Trim();
        return field.Kind is EventFieldKind.DynamicString or EventFieldKind.FixedString ? new IntegerType(1, true)
            : name.EndsWith('*') ? new PointerType(TargetOf(name), MemorySpace.Kernel)
            : field.Kind == EventFieldKind.DynamicBitmask ? IntegerType.UInt64
            : find(name) is { } known && known.Size == field.ElementSize ? known
            : new IntegerType(field.ElementSize is 1 or 2 or 4 or 8 ? field.ElementSize : 1, field.IsSigned);
    }

    // "const char *" leads to "char"; "void (*)(int)" to nothing that is known.
    private ScriptType TargetOf(string pointer)
    {
        int star = pointer.LastIndexOf('*');
        if (star < 0 || pointer.Contains('(', StringComparison.Ordinal))
            return VoidType.Instance;
        string target = string.Join(' ', pointer[..star].Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(static w => w is not ("const" or "volatile" or "__user")));
        return target.Contains('*', StringComparison.Ordinal)
            ? new PointerType(TargetOf(target), MemorySpace.User)
            : find(target) ?? VoidType.Instance;
    }
}
