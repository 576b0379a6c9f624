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

    /// <summary>A quotient with its fraction: it can be compared with a known number, or be made a whole one.</summary>
    Divide,

    /// <summary>What is left of a division, with the sign of what was divided.</summary>
    Remainder,

    /// <summary>The largest whole number that is not above a quotient.</summary>
    Floor,

    /// <summary>A quotient without its fraction.</summary>
    Truncate,
}
