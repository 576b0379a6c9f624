namespace PerfTrace.Events.Printing;

internal enum CTypeKind
{
    Void,
    Integer,
    Pointer,
    Array,
    Aggregate,
}

/// <summary>A C type of a 64-bit kernel, as far as it decides what an expression yields.</summary>
internal sealed record CType(CTypeKind Kind, int Size, bool IsSigned, CType? Element = null, string? Name = null)
{
    public static readonly CType Void = new(CTypeKind.Void, 1, false);
    public static readonly CType Bool = new(CTypeKind.Integer, 1, false, Name: "bool");
    public static readonly CType Char = new(CTypeKind.Integer, 1, true);
    public static readonly CType UnsignedChar = new(CTypeKind.Integer, 1, false);
    public static readonly CType Int = new(CTypeKind.Integer, 4, true);
    public static readonly CType UnsignedInt = new(CTypeKind.Integer, 4, false);
    public static readonly CType Long = new(CTypeKind.Integer, 8, true);
    public static readonly CType UnsignedLong = new(CTypeKind.Integer, 8, false);
    public static readonly CType Text = PointerTo(Char);
    public static readonly CType VoidPointer = PointerTo(Void);

    public bool IsInteger => Kind == CTypeKind.Integer;

    public bool IsAddress => Kind is CTypeKind.Pointer or CTypeKind.Array;

    public static CType Integer(int size, bool isSigned) => new(CTypeKind.Integer, size, isSigned);

    public static CType PointerTo(CType element) => new(CTypeKind.Pointer, sizeof(ulong), false, element);

    public static CType ArrayOf(CType element, int size) => new(CTypeKind.Array, size, false, element);

    /// <summary>Of integers: what is narrower than int becomes int (C11 6.3.1.1). Of arrays: a pointer to the first element.</summary>
    public CType Promoted => Kind switch
    {
        CTypeKind.Integer when Size < sizeof(int) => Int,
        CTypeKind.Array => PointerTo(Element!),
        _ => this,
    };

    /// <summary>The usual arithmetic conversions (C11 6.3.1.8).</summary>
    public static CType Common(CType left, CType right)
    {
        (left, right) = (left.Promoted, right.Promoted);
        if (!left.IsInteger)
            return left;
        if (!right.IsInteger)
            return right;
        if (left.Size != right.Size)
            return left.Size > right.Size ? left : right;
        return left.IsSigned ? right : left;
    }

    /// <summary>The value that a variable of this type has after the bits were stored in it, widened to 64 bits.</summary>
    public ulong Convert(ulong bits) =>
        Kind != CTypeKind.Integer ? bits
        : ReferenceEquals(this, Bool) ? (bits != 0 ? 1UL : 0)
        : Widen(bits, Size, IsSigned);

    /// <summary>The lowest bytes as a number of 64 bits.</summary>
    public static ulong Widen(ulong bits, int size, bool isSigned) => (size, isSigned) switch
    {
        (1, true) => (ulong)(sbyte)bits,
        (1, false) => (byte)bits,
        (2, true) => (ulong)(short)bits,
        (2, false) => (ushort)bits,
        (4, true) => (ulong)(int)bits,
        (4, false) => (uint)bits,
        _ => bits,
    };
}
