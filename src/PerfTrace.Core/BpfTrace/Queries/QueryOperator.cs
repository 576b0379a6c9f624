namespace PerfTrace.BpfTrace;

/// <summary>What is done with one value or two, by PowerShell's names.</summary>
public enum QueryOperator
{
    And,
    Or,
    Xor,
    Not,
    Add,
    Subtract,
    Multiply,
    BitwiseAnd,
    BitwiseOr,
    BitwiseXor,
    ShiftLeft,
    ShiftRight,
    Complement,
    Negate,
}
