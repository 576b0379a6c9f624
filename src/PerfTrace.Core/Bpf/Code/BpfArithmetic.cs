namespace PerfTrace.Bpf;

/// <summary>BPF_OP() of arithmetic opcodes; the high byte is what stands in the instruction's offset (Linux 6.6).</summary>
internal enum BpfArithmetic : ushort
{
    Add = 0x00,
    Subtract = 0x10,
    Multiply = 0x20,

    /// <summary>Of unsigned numbers; a division by zero is zero.</summary>
    Divide = 0x30,
    Or = 0x40,
    And = 0x50,
    ShiftLeft = 0x60,
    ShiftRight = 0x70,

    /// <summary>Of unsigned numbers; by zero, the number itself.</summary>
    Modulo = 0x90,
    ExclusiveOr = 0xa0,
    Move = 0xb0,

    /// <summary>Keeps the sign.</summary>
    ArithmeticShiftRight = 0xc0,
    SignedDivide = 0x130,
    SignedModulo = 0x190,
}
