namespace PerfTrace.BpfTrace;

/// <summary>An integer of 1, 2, 4 or 8 bytes. In registers all have 8, extended by their sign or by zeros.</summary>
internal sealed record IntegerType(int Bytes, bool IsSigned) : ScriptType
{
    public static readonly IntegerType Int64 = new(8, true), UInt64 = new(8, false), Int32 = new(4, true), UInt32 = new(4, false);

    public override int Size => Bytes;

    public override string Name => $"{(IsSigned ? "" : "u")}int{Bytes * 8}";

    public override bool IsScalar => true;
}
