namespace PerfTrace.Events;

/// <summary>How a field's bytes lie in the record (include/trace/stages/stage1_struct_define.h and stage4_event_fields.h).</summary>
public enum EventFieldKind
{
    /// <summary>One integer.</summary>
    Integer,

    /// <summary>An address of the kernel or of the process.</summary>
    Pointer,

    /// <summary>Characters in a fixed place, ended by a zero: <c>char comm[16]</c>.</summary>
    FixedString,

    /// <summary>Integers in a fixed place: <c>u8 addr[6]</c>.</summary>
    FixedArray,

    /// <summary>Characters elsewhere in the record; the field says where (<c>__data_loc</c>, <c>__rel_loc</c>).</summary>
    DynamicString,

    /// <summary>Integers elsewhere in the record.</summary>
    DynamicArray,

    /// <summary>A set of bits elsewhere in the record: CPUs or others.</summary>
    DynamicBitmask,

    /// <summary>Bytes whose meaning only the kernel's type tells.</summary>
    Opaque,
}
