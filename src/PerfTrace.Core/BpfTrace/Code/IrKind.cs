namespace PerfTrace.BpfTrace;

/// <summary>What an <see cref="IrInstruction"/> does.</summary>
internal enum IrKind
{
    /// <summary>Nothing: a label is here.</summary>
    Mark,
    Copy,
    Constant,
    Arithmetic,
    Negate,
    /// <summary>To or from the order of the network; <see cref="IrInstruction.Number"/> bits.</summary>
    BigEndian,
    Load,
    Store,
    Atomic,
    /// <summary>The address of a place.</summary>
    Address,
    /// <summary>The address of a place in the value of an array of one element.</summary>
    MapValue,
    Call,
    Jump,
    JumpIf,
    Return,
}
