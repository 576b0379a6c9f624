namespace PerfTrace.Tracing;

/// <summary>An argument of a USDT probe: a size and where the value is when the probe is reached.</summary>
/// <param name="Text">As the compiler wrote it: <c>-4@%eax</c>, <c>8@-24(%rbp)</c>.</param>
/// <param name="Size">Bytes; 0 when it does not say.</param>
/// <param name="IsSigned">It is a signed number.</param>
/// <param name="FetchArgument">The same in the kernel's words: <c>%ax:s32</c>; null when it can not be said in them.</param>
/// <param name="Problem">Why it can not; null when it can.</param>
public sealed record UsdtArgument(string Text, int Size, bool IsSigned, string? FetchArgument, string? Problem)
{
    public override string ToString() => Text;
}
