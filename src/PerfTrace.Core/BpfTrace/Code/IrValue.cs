namespace PerfTrace.BpfTrace;

/// <summary>A number or address of 64 bits that a program computes, before it is known which register or place on the stack will hold it. It may be assigned more than once.</summary>
/// <param name="Number">In the order in which the function made them.</param>
internal readonly record struct IrValue(int Number)
{
    public override string ToString() => $"v{Number}";
}
