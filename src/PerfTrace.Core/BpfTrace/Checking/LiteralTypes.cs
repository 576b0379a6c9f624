namespace PerfTrace.BpfTrace;

/// <summary>
/// The types of literals. A number that is not negative is of the smallest signed type, but takes the sign of what it meets: such a type is equal to the plain one and told from it
/// by being one of the objects here.
/// </summary>
internal static class LiteralTypes
{
    private static readonly IntegerType[] Flexible = [new(1, true), new(2, true), new(4, true), new(8, true)];

    public static IntegerType Of(Int128 value) =>
        value > long.MaxValue ? IntegerType.UInt64
        : value >= 0 ? Flexible[Rank(value)]
        : new IntegerType(1 << Rank(-1 - value), true);

    /// <summary>It can have either sign.</summary>
    public static bool IsFlexible(ScriptType type) => Array.Exists(Flexible, f => ReferenceEquals(f, type));

    public static IntegerType OfBytes(int bytes) => Array.Find(Flexible, f => f.Bytes == bytes)!;

    /// <summary>Equal, and with the same freedom of sign.</summary>
    public static bool AreSame(ScriptType? left, ScriptType? right) => (left, right) switch
    {
        (null, null) => true,
        (null, _) or (_, null) => false,
        (TupleType a, TupleType b) => a.Equals(b) && a.Elements.Zip(b.Elements).All(static p => AreSame(p.First, p.Second)),
        (IntegerType a, IntegerType b) => a == b && IsFlexible(a) == IsFlexible(b),
        _ => left.Equals(right),
    };

    private static int Rank(Int128 value) => value <= sbyte.MaxValue ? 0 : value <= short.MaxValue ? 1 : value <= int.MaxValue ? 2 : 3;
}
