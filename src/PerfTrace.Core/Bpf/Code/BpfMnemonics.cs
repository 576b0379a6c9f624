namespace PerfTrace.Bpf;

/// <summary>The operators of the kernel's disassembly and the short names that assemblers use (<c>add</c>, <c>ldxdw</c>, <c>jeq32</c>).</summary>
internal static class BpfMnemonics
{
    // By BPF_OP() / 16; as C's printf writes what the kernel's tables do not have.
    private const string None = "(null)";

    private static readonly string[] ArithmeticSigns = ["+=", "-=", "*=", "/=", "|=", "&=", "<<=", ">>=", "neg", "%=", "^=", "=", "s>>=", "endian", None, None];

    private static readonly string[] ConditionSigns = ["jmp", "==", ">", ">=", "&", "!=", "s>", "s>=", "call", "exit", "<", "<=", "s<", "s<=", None, None];

    private static readonly string[] ArithmeticNames = ["add", "sub", "mul", "div", "or", "and", "lsh", "rsh", "neg", "mod", "xor", "mov", "arsh", "end", "", ""];

    private static readonly string[] JumpNames = ["ja", "jeq", "jgt", "jge", "jset", "jne", "jsgt", "jsge", "call", "exit", "jlt", "jle", "jslt", "jsle", "may_goto", ""];

    public static string ArithmeticSign(BpfInstruction instruction) => instruction is { Operation: (byte)BpfArithmetic.Divide or (byte)BpfArithmetic.Modulo, Offset: 1 }
        ? $"s{ArithmeticSigns[instruction.Operation >> 4]}"
        : ArithmeticSigns[instruction.Operation >> 4];

    public static string ConditionSign(BpfInstruction instruction) => ConditionSigns[instruction.Operation >> 4];

    public static int Bits(BpfSize size) => size switch
    {
        BpfSize.Bits8 => 8,
        BpfSize.Bits16 => 16,
        BpfSize.Bits32 => 32,
        _ => 64,
    };

    /// <summary>The short name of an instruction; empty for one that does not exist.</summary>
    public static string Of(BpfInstruction instruction) => instruction.Class switch
    {
        BpfInstruction.Arithmetic32 => instruction.Operation == BpfInstruction.ByteOrderOperation
            ? $"{(instruction.HasRegisterSource ? "be" : "le")}{instruction.Immediate}"
            : Arithmetic(instruction) + "32",
        BpfInstruction.Arithmetic64 => instruction.Operation == BpfInstruction.ByteOrderOperation ? $"bswap{instruction.Immediate}" : Arithmetic(instruction),
        BpfInstruction.Jump => instruction is { Operation: BpfInstruction.AlwaysOperation, HasRegisterSource: true } ? "jax" : JumpNames[instruction.Operation >> 4],
        BpfInstruction.Jump32 => $"{JumpNames[instruction.Operation >> 4]}32",
        BpfInstruction.LoadMemory => $"ldx{(instruction.Mode == BpfInstruction.SignedMemoryMode ? "s" : "")}{Letter(instruction.Size)}",
        BpfInstruction.StoreImmediate => instruction.Mode == BpfInstruction.MemoryMode ? $"st{Letter(instruction.Size)}" : "nospec",
        BpfInstruction.StoreRegister => instruction.Mode == BpfInstruction.AtomicMode ? Atomic((BpfAtomic)instruction.Immediate) : $"stx{Letter(instruction.Size)}",
        _ => instruction.Mode switch
        {
            BpfInstruction.AbsoluteMode => $"ldabs{Letter(instruction.Size)}",
            BpfInstruction.IndirectMode => $"ldind{Letter(instruction.Size)}",
            _ when instruction.IsWide => "lddw",
            _ => "",
        },
    };

    private static string Arithmetic(BpfInstruction instruction)
    {
        string name = ArithmeticNames[instruction.Operation >> 4];
        return instruction.Operation switch
        {
            (byte)BpfArithmetic.Divide or (byte)BpfArithmetic.Modulo when instruction.Offset == 1 => $"s{name}",
            (byte)BpfArithmetic.Move when instruction is { HasRegisterSource: true, Offset: 8 or 16 or 32 } => "movs",
            _ => name,
        };
    }

    private static string Atomic(BpfAtomic operation) => operation switch
    {
        BpfAtomic.Add => "atomic_add",
        BpfAtomic.Or => "atomic_or",
        BpfAtomic.And => "atomic_and",
        BpfAtomic.ExclusiveOr => "atomic_xor",
        BpfAtomic.FetchAdd => "atomic_fetch_add",
        BpfAtomic.FetchOr => "atomic_fetch_or",
        BpfAtomic.FetchAnd => "atomic_fetch_and",
        BpfAtomic.FetchExclusiveOr => "atomic_fetch_xor",
        BpfAtomic.Exchange => "atomic_xchg",
        BpfAtomic.CompareExchange => "atomic_cmpxchg",
        BpfAtomic.LoadAcquire => "load_acquire",
        BpfAtomic.StoreRelease => "store_release",
        _ => "",
    };

    private static string Letter(BpfSize size) => size switch
    {
        BpfSize.Bits8 => "b",
        BpfSize.Bits16 => "h",
        BpfSize.Bits32 => "w",
        _ => "dw",
    };
}
