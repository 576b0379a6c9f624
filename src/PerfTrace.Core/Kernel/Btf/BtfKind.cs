namespace PerfTrace.Kernel;

/// <summary>What a type is: BTF_KIND_* of <c>include/uapi/linux/btf.h</c>, with the kernel's numbers.</summary>
public enum BtfKind
{
    Void = 0,
    Integer = 1,
    Pointer = 2,
    Array = 3,
    Struct = 4,
    Union = 5,
    Enum = 6,
    Forward = 7,
    Typedef = 8,
    Volatile = 9,
    Const = 10,
    Restrict = 11,
    Function = 12,
    FunctionPrototype = 13,

    /// <summary>A global variable (Linux 5.2).</summary>
    Variable = 14,

    /// <summary>A section of variables (Linux 5.2).</summary>
    DataSection = 15,

    /// <summary>Linux 5.13.</summary>
    Float = 16,

    /// <summary>Linux 5.16.</summary>
    DeclarationTag = 17,

    /// <summary>Linux 5.17.</summary>
    TypeTag = 18,

    /// <summary>An enumeration of 64 bits (Linux 6.0).</summary>
    Enum64 = 19,
}
