namespace PerfTrace.Symbols;

/// <summary>How a machine's registers are numbered by the kernel (asm/perf_regs.h) and by DWARF (the machine's psABI).</summary>
/// <param name="Machine">The machine.</param>
/// <param name="ByDwarf">The kernel's number of each of DWARF's, from 0.</param>
/// <param name="StackPointer">The kernel's number of the stack pointer.</param>
/// <param name="InstructionPointer">The kernel's number of the instruction pointer.</param>
/// <param name="WordSize">Bytes of a word on the stack.</param>
/// <param name="FramePointer">DWARF's number of the frame pointer.</param>
/// <param name="StackPointerColumn">DWARF's number of the stack pointer.</param>
/// <param name="AddressMask">The bits of a return address that are address: on ARM64 the upper ones may be a signature (pointer authentication).</param>
internal sealed record UnwindMachine(
    ElfMachine Machine, int[] ByDwarf, int StackPointer, int InstructionPointer, int WordSize, int FramePointer, int StackPointerColumn, ulong AddressMask = ulong.MaxValue)
{
    private const int Ax = 0, Bx = 1, Cx = 2, Dx = 3, Si = 4, Di = 5, Bp = 6, Sp = 7, Ip = 8, R8 = 16;

    /// <summary>PERF_REG_X86_*.</summary>
    public static UnwindMachine X86_64 { get; } =
        new(ElfMachine.X86_64, [Ax, Dx, Cx, Bx, Si, Di, Bp, Sp, R8, R8 + 1, R8 + 2, R8 + 3, R8 + 4, R8 + 5, R8 + 6, R8 + 7, Ip], Sp, Ip, 8, 6, 7);

    /// <summary>A process of 32 bits on x86.</summary>
    public static UnwindMachine X86 { get; } = new(ElfMachine.X86, [Ax, Cx, Dx, Bx, Sp, Bp, Si, Di, Ip], Sp, Ip, 4, 5, 4);

    /// <summary>PERF_REG_ARM64_*.</summary>
    public static UnwindMachine Arm64 { get; } = new(ElfMachine.Arm64, [.. Enumerable.Range(0, 32)], 31, 32, 8, 29, 31, (1UL << 48) - 1);

    /// <summary>That of a recording's machine and a process of it; null when its stacks can not be unwound.</summary>
    public static UnwindMachine? Of(ElfMachine machine, bool is32Bit) => machine switch
    {
        ElfMachine.X86_64 or ElfMachine.X86 => is32Bit || machine == ElfMachine.X86 ? X86 : X86_64,
        ElfMachine.Arm64 when !is32Bit => Arm64,
        _ => null,
    };
}
