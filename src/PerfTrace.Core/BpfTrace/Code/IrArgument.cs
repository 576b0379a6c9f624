namespace PerfTrace.BpfTrace;

/// <summary>An argument of a call: a value, a number, the address of a place, a map, or a function of the program as a callback.</summary>
internal readonly struct IrArgument
{
    private IrArgument(IrArgumentKind kind)
    {
        Kind = kind;
    }

    public IrArgumentKind Kind { get; private init; }

    public IrValue Value { get; private init; }

    public long Number { get; private init; }

    public IrPlace Place { get; private init; }

    public IrMap? Map { get; private init; }

    public IrFunction? Function { get; private init; }

    public static implicit operator IrArgument(IrValue value) => new(IrArgumentKind.Value) { Value = value };

    public static implicit operator IrArgument(long number) => new(IrArgumentKind.Number) { Number = number };

    public static implicit operator IrArgument(IrPlace place) => new(IrArgumentKind.Address) { Place = place };

    public static implicit operator IrArgument(IrMap map) => new(IrArgumentKind.Map) { Map = map };

    public static implicit operator IrArgument(IrFunction function) => new(IrArgumentKind.Function) { Function = function };

    /// <summary>The value that it is made from, if any.</summary>
    public IrValue? Used => Kind switch
    {
        IrArgumentKind.Value => Value,
        IrArgumentKind.Address => Place.Base,
        _ => null,
    };
}
