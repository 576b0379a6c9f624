namespace PerfTrace.Events.Printing;

/// <summary>
/// What an expression yields: a number, an address in the kernel or the process, or a place in memory that we hold.
/// </summary>
/// <param name="Bits">The number, sign- or zero-extended as its type says; an address; the offset into <paramref name="Memory"/>.</param>
/// <param name="Memory">Null, or one of <see cref="EvaluationContext"/>'s memories, or the bytes of a string literal.</param>
internal readonly record struct Value(ulong Bits, object? Memory = null)
{
    public static readonly Value Null;

    public bool IsTrue => Bits != 0 || Memory is not null;

    public long Signed => (long)Bits;

    public Value Plus(long bytes) => this with { Bits = Bits + (ulong)bytes };
}
