namespace PerfTrace.BpfTrace;

/// <summary>Memory that a function reads and writes: so many bytes from an address that a value has, or from the frame pointer.</summary>
/// <param name="Base">The address; null: the frame pointer, below which the stack lies.</param>
/// <param name="Offset">From there, in bytes; negative on the stack.</param>
internal readonly record struct IrPlace(IrValue? Base, int Offset)
{
    /// <summary>So many bytes further.</summary>
    public IrPlace At(int distance) => this with { Offset = Offset + distance };
}
