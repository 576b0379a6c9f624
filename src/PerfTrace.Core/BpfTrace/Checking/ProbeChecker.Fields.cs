namespace PerfTrace.BpfTrace;

// Fields of structs and records, and whose memory they are in.
internal sealed partial class ProbeChecker
{
    private ScriptType? VisitField(FieldAccess access)
    {
        if (Visit(access.Target) is not { } type)
            return null;
        MemorySpace space = type is PointerType first ? first.Space : SpaceOf(access.Target);
        if (type is TupleType { Names: { } names } made)
        {
            int at = TypeRules.IndexOf(names, access.Field);
            return at >= 0 ? made.Elements[at]
                : Error(access, $"the record has no element '{access.Field}'", Hints.Nearest(access.Field, names) ?? $"it has {string.Join(", ", names)}");
        }
        // A pointer to a pointer is followed to its end.
        bool isIndirect = false;
        while (type is PointerType pointer)
        {
            isIndirect = pointer.Target is PointerType;
            (type, space) = (pointer.Target, pointer.Space);
        }
        if (type is not RecordType record)
            return Error(access, $"a value of type {type.Name} has no field '{access.Field}'", type is VoidType ? "cast it to the pointer of a struct first: (struct x *)" : null);
        if (record.Find(access.Field) is not { } field)
            return NoField(access.Span, record, access.Field);
        if (field.Problem is { } problem)
            return Error(access, problem, "arg0 and up are the registers, sarg0 and up the words on the stack");
        return FieldType(record, field, space == MemorySpace.Trusted && isIndirect ? MemorySpace.Kernel : space);
    }

    private ScriptType FieldType(RecordType record, RecordField field, MemorySpace space)
    {
        // Data that a tracepoint has behind its fields is not at a fixed place of the context: it is read as the kernel's.
        if (field.Location != DataLocation.InPlace)
            return new PointerType(field.Type, MemorySpace.Kernel);
        if (field.Type is not PointerType { Space: MemorySpace.Kernel } pointer || record.Tag.Length == 0)
            return field.Type;
        return space switch
        {
            MemorySpace.User => pointer with { Space = MemorySpace.User },
            // A struct that was copied out of the process.
            MemorySpace.Program when IsUserProbe => pointer with { Space = MemorySpace.User },
            MemorySpace.Trusted or MemorySpace.Context when pointer.Target is RecordType && !IsShared(record, field) => pointer with { Space = MemorySpace.Trusted },
            _ => pointer,
        };
    }

    // Of a union's members the verifier takes one: not always the one that the script names.
    private static bool IsShared(RecordType record, RecordField field) =>
        record.Fields.Any(o => !ReferenceEquals(o, field) && o.Offset < field.Offset + field.Type.Size && field.Offset < o.Offset + o.Type.Size);

    /// <summary>Whose memory a struct or array is in that is part of something.</summary>
    private static MemorySpace SpaceOf(Expression expression) => expression switch
    {
        FieldAccess access => access.Target.Type is PointerType pointer ? pointer.Space : SpaceOf(access.Target),
        IndexExpression index => index.Target.Type is PointerType pointer ? pointer.Space : SpaceOf(index.Target),
        UnaryExpression { Operator: UnaryOperator.Dereference, Operand.Type: PointerType pointer } => pointer.Space,
        _ => MemorySpace.Program,
    };

    private ScriptType? NoField(SourceSpan span, RecordType record, string name)
    {
        if (Messages.IsSilent)
            return null;
        string what = record.Tag.Length == 0 ? "the probe has no argument" : $"{record.Name} has no field";
        if (record.Tag.Length == 0 && name.StartsWith("common_", StringComparison.Ordinal))
            return Error(span, $"{what} '{name}'", "BPF programs do not see the fields that all tracepoints have");
        if (record.Fields.Count == 0)
            return Error(span, $"{what} '{name}'", record.Bytes == 0 ? "it is only declared here: its fields are not known" : null);
        string fields = record.Fields.Count <= 12 ? $"it has {string.Join(", ", record.Fields.Select(static f => f.Name))}" : "";
        return Error(span, $"{what} '{name}'", Hints.Nearest(name, record.Fields.Select(static f => f.Name)) ?? (fields.Length > 0 ? fields : null));
    }
}
