namespace PerfTrace.BpfTrace;

/// <summary>Which types go together, and what comes of them.</summary>
internal static class TypeRules
{
    /// <summary>An aggregate whose value over all CPUs is one number.</summary>
    public static bool IsCountable(ScriptType? type) =>
        type is AggregateType { Kind: AggregateKind.Count or AggregateKind.Sum or AggregateKind.Minimum or AggregateKind.Maximum or AggregateKind.Average };

    /// <summary>The value of an expression where it is used: of an aggregate its number.</summary>
    public static ScriptType ValueOf(ScriptType type) => type is AggregateType aggregate && IsCountable(aggregate) ? Wide(aggregate.IsSigned) : type;

    public static IntegerType Wide(bool isSigned) => isSigned ? IntegerType.Int64 : IntegerType.UInt64;

    /// <summary>As an integer; null for what is none.</summary>
    public static IntegerType? IntegerOf(ScriptType? type) => type switch
    {
        IntegerType integer => integer,
        EnumType @enum => @enum.Underlying,
        BooleanType => new IntegerType(1, false),
        AggregateType aggregate when IsCountable(aggregate) => Wide(aggregate.IsSigned),
        _ => null,
    };

    /// <summary>It can be asked whether it is zero.</summary>
    public static bool IsCondition(ScriptType type) => type.IsScalar || IsCountable(type);

    /// <summary>An integer or address in a map has 8 bytes; what only the verifier knows of an address is lost there.</summary>
    public static ScriptType Stored(ScriptType type) => type switch
    {
        IntegerType integer => LiteralTypes.IsFlexible(integer) ? LiteralTypes.OfBytes(8) : Wide(integer.IsSigned),
        EnumType @enum => @enum with { Underlying = Wide(@enum.Underlying.IsSigned) },
        _ => Plain(type),
    };

    /// <summary>Without what only the verifier knows of an address.</summary>
    public static ScriptType Plain(ScriptType type) => type switch
    {
        PointerType { Space: MemorySpace.Trusted } pointer => pointer with { Space = MemorySpace.Kernel },
        TupleType tuple when tuple.Elements.Any(static e => e is TupleType or PointerType { Space: MemorySpace.Trusted }) =>
            new TupleType([.. tuple.Elements.Select(Plain)], tuple.Names),
        _ => type,
    };

    /// <summary>The integer that both are turned to before they are compared or computed with: wide enough for both; of 64 bits with and without a sign the one with.</summary>
    public static IntegerType Common(IntegerType left, IntegerType right)
    {
        bool isLeftFree = LiteralTypes.IsFlexible(left), isRightFree = LiteralTypes.IsFlexible(right);
        int bytes = Math.Max(left.Bytes, right.Bytes);
        if (isLeftFree && isRightFree)
            return LiteralTypes.OfBytes(bytes);
        bool isSigned = isLeftFree ? right.IsSigned : left.IsSigned;
        if (isLeftFree || isRightFree || left.IsSigned == right.IsSigned)
            return new IntegerType(bytes, isSigned);
        (IntegerType signed, IntegerType unsigned) = left.IsSigned ? (left, right) : (right, left);
        return signed.Bytes > unsigned.Bytes ? signed : new IntegerType(Math.Min(8, bytes * 2), true);
    }

    /// <summary>The type that holds values of both; null when there is none.</summary>
    /// <param name="first">What there was.</param>
    /// <param name="second">What comes to it.</param>
    /// <param name="maximumString">No string grows beyond this.</param>
    public static ScriptType? Promote(ScriptType first, ScriptType second, int maximumString)
    {
        if (LiteralTypes.AreSame(first, second))
            return first;
        switch (first, second)
        {
            case (EnumType a, EnumType b) when a == b:
                return a;
            case (BooleanType, BooleanType):
                return first;
            case (IntegerType or EnumType, IntegerType or EnumType or BooleanType):
                return Common(IntegerOf(first)!, IntegerOf(second)!);
            case (IntegerType or EnumType, AggregateType) when IsCountable(second):
                return Common(IntegerOf(first)!, IntegerOf(second)!);
            case (StringType a, StringType b):
                return new StringType(Math.Max(a.Capacity, Math.Min(b.Capacity, maximumString)));
            case (BufferType a, BufferType b):
                return new BufferType(Math.Max(a.Capacity, b.Capacity));
            case (AggregateType a, AggregateType b):
                AggregateType signed = a.IsSigned ? a : a with { IsSigned = b.IsSigned };
                return signed == (b.IsSigned ? b : b with { IsSigned = a.IsSigned }) ? signed : null;
            case (TupleType a, TupleType b):
                return PromoteTuple(a, b, maximumString);
            case (PointerType a, PointerType b):
                return PromotePointer(a, b);
            case (ArrayType a, ArrayType b) when a.Element == b.Element && (a.Count == 0 || b.Count == 0):
                return a.Count == 0 ? b : a;
            default:
                return first.Equals(second) ? first : null;
        }
    }

    private static PointerType? PromotePointer(PointerType a, PointerType b)
    {
        if (a.Target is not VoidType && b.Target is not VoidType && !a.Target.Equals(b.Target) && !(a.Target is IntegerType && b.Target is IntegerType))
            return null;
        ScriptType target = a.Target is VoidType ? b.Target : a.Target is IntegerType x && b.Target is IntegerType y && y.Bytes > x.Bytes ? y : a.Target;
        return new PointerType(target, a.Space == b.Space ? a.Space : a.Space == MemorySpace.User || b.Space == MemorySpace.User ? MemorySpace.User : MemorySpace.Kernel);
    }

    // Records come together by the names of their elements, in the order of the first.
    private static TupleType? PromoteTuple(TupleType a, TupleType b, int maximumString)
    {
        if (a.Elements.Count != b.Elements.Count || (a.Names is null) != (b.Names is null))
            return null;
        var elements = new ScriptType[a.Elements.Count];
        for (int i = 0; i < elements.Length; i++)
        {
            int at = a.Names is null ? i : IndexOf(b.Names!, a.Names[i]);
            if (at < 0 || Promote(a.Elements[i], b.Elements[at], maximumString) is not { } element)
                return null;
            elements[i] = element;
        }
        return new TupleType(elements, a.Names);
    }

    /// <summary>Where a name stands in a list; -1: nowhere.</summary>
    public static int IndexOf(IReadOnlyList<string> names, string name)
    {
        for (int i = 0; i < names.Count; i++)
        {
            if (names[i] == name)
                return i;
        }
        return -1;
    }
}
