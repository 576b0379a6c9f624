using PerfTrace.Bpf;

namespace PerfTrace.BpfTrace;

/// <summary>One step of a function before it has registers. Which of the members mean something is the kind's matter.</summary>
internal sealed record IrInstruction(IrKind Kind)
{
    public IrValue? Destination { get; init; }

    public IrValue? Left { get; init; }

    public IrOperand Right { get; init; }

    public IrPlace Place { get; init; }

    public BpfSize Size { get; init; }

    public BpfArithmetic Operation { get; init; }

    public BpfAtomic Atomic { get; init; }

    public BpfCondition Condition { get; init; }

    /// <summary>In 32 bits; the upper half of a result is zero.</summary>
    public bool IsNarrow { get; init; }

    public long Number { get; init; }

    public IrLabel Label { get; init; }

    public BpfHelper Helper { get; init; }

    public IrArgument[] Arguments { get; init; } = [];

    public IrMap? Map { get; init; }

    /// <summary>Of a call: the function of the program that is called; null: a helper is.</summary>
    public IrFunction? Function { get; init; }

    /// <summary>The part of the script that it is for; without a source: none.</summary>
    public SourceSpan Span { get; set; }

    /// <summary>It does no more than to give its destination a value: without a reader it is not needed.</summary>
    public bool IsPure => Kind is IrKind.Copy or IrKind.Constant or IrKind.Arithmetic or IrKind.Negate or IrKind.BigEndian or IrKind.Load or IrKind.Address or IrKind.MapValue;

    /// <summary>Control does not come to the next instruction.</summary>
    public bool Ends => Kind is IrKind.Jump or IrKind.Return;

    /// <summary>The values that it reads.</summary>
    public IEnumerable<IrValue> Uses()
    {
        if (Left is { } left)
            yield return left;
        if (Right.IsValue)
            yield return Right.Value;
        if (Place.Base is { } address)
            yield return address;
        foreach (IrArgument argument in Arguments)
        {
            if (argument.Used is { } used)
                yield return used;
        }
    }
}
