namespace PerfTrace.BpfTrace;

/// <summary>What an instruction takes as its second operand: a value, or a number of 32 bits with its sign.</summary>
internal readonly struct IrOperand
{
    private readonly IrValue _value;

    private IrOperand(IrValue value, int number, bool isValue)
    {
        _value = value;
        Number = number;
        IsValue = isValue;
    }

    public bool IsValue { get; }

    /// <summary>The number, where it is one.</summary>
    public int Number { get; }

    /// <summary>The value, where it is one.</summary>
    public IrValue Value => IsValue ? _value : throw new InvalidOperationException("A number is no value.");

    public static implicit operator IrOperand(IrValue value) => new(value, 0, isValue: true);

    public static implicit operator IrOperand(int number) => new(default, number, isValue: false);

    public override string ToString() => IsValue ? _value.ToString() : $"{Number}";
}
