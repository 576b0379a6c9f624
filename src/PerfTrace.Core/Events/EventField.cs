namespace PerfTrace.Events;

/// <summary>A field of a tracepoint, from its <c>format</c> file.</summary>
/// <param name="Name">The kernel's name.</param>
/// <param name="TypeName">The C type as the kernel prints it, without the name: <c>pid_t</c>, <c>char[16]</c>, <c>__data_loc char[]</c>.</param>
/// <param name="Offset">Bytes from the start of the record.</param>
/// <param name="Size">Bytes; 0 for what reaches to the record's end (<c>char buf[]</c>).</param>
/// <param name="IsSigned">The kernel says that the type is signed.</param>
/// <param name="Kind">How the bytes lie.</param>
/// <param name="ElementSize">Bytes of one element; of a scalar its own size.</param>
/// <param name="IsRelative">A dynamic field whose offset counts from behind the field itself (<c>__rel_loc</c>, Linux 5.16).</param>
public sealed record EventField(
    string Name, string TypeName, int Offset, int Size, bool IsSigned, EventFieldKind Kind, int ElementSize, bool IsRelative)
{
    /// <summary>One of the fields that every event has.</summary>
    public bool IsCommon => Name.StartsWith("common_", StringComparison.Ordinal);

    /// <summary>The .NET type of the value.</summary>
    public Type Type => Kind switch
    {
        EventFieldKind.FixedString or EventFieldKind.DynamicString => typeof(string),
        EventFieldKind.FixedArray or EventFieldKind.DynamicArray => ElementType.MakeArrayType(),
        EventFieldKind.DynamicBitmask => typeof(ulong[]),
        EventFieldKind.Opaque => typeof(byte[]),
        EventFieldKind.Pointer => typeof(ulong),
        _ => ElementType,
    };

    internal Type ElementType => (ElementSize, IsSigned) switch
    {
        (1, _) when TypeName is "bool" or "_Bool" => typeof(bool),
        (1, true) => typeof(sbyte),
        (1, false) => typeof(byte),
        (2, true) => typeof(short),
        (2, false) => typeof(ushort),
        (4, true) => typeof(int),
        (4, false) => typeof(uint),
        (8, true) => typeof(long),
        _ => typeof(ulong),
    };

    public override string ToString() => $"{Type.Name} {Name}";
}
