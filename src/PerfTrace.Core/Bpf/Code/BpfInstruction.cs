using System.Runtime.InteropServices;

namespace PerfTrace.Bpf;

/// <summary>struct bpf_insn of <c>include/uapi/linux/bpf.h</c>. Documentation/bpf/standardization/instruction-set.rst says what each does.</summary>
/// <param name="Opcode">The class in its three lowest bits, and what there is to do.</param>
/// <param name="Registers">The destination in the low half, the source in the high one; x86-64 and ARM64 are little endian.</param>
/// <param name="Offset">In bytes for memory, in instructions for a jump (from the next one).</param>
/// <param name="Immediate">A number.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = StructureSize)]
internal readonly record struct BpfInstruction(byte Opcode, byte Registers, short Offset, int Immediate)
{
    public const int StructureSize = 8;

    // BPF_CLASS().
    public const byte LoadWide = 0, LoadMemory = 1, StoreImmediate = 2, StoreRegister = 3, Arithmetic32 = 4, Jump = 5, Jump32 = 6, Arithmetic64 = 7, ClassMask = 7;

    // BPF_SRC(): the other operand is the source register; BPF_OP(), BPF_MODE() and BPF_SIZE().
    public const byte RegisterSource = 8, OperationMask = 0xf0, ModeMask = 0xe0, SizeMask = 0x18;

    // BPF_MODE().
    public const byte ImmediateMode = 0x00, AbsoluteMode = 0x20, IndirectMode = 0x40, MemoryMode = 0x60, SignedMemoryMode = 0x80, AtomicMode = 0xc0;

    // Operations that are neither BpfArithmetic nor BpfCondition.
    public const byte NegateOperation = 0x80, ByteOrderOperation = 0xd0, AlwaysOperation = 0x00, CallOperation = 0x80, ExitOperation = 0x90, MayGotoOperation = 0xe0;

    /// <summary>BPF_LD | BPF_IMM | BPF_DW: the first of the only two instructions that belong together.</summary>
    public const byte WideOpcode = 0x18;

    // The source register of calls: BPF_PSEUDO_CALL, BPF_PSEUDO_KFUNC_CALL.
    public const byte SubprogramCall = 1, KernelCall = 2;

    public BpfRegister Destination => (BpfRegister)(Registers & 0xf);

    public BpfRegister Source => (BpfRegister)(Registers >> 4);

    public byte Class => (byte)(Opcode & ClassMask);

    public byte Operation => (byte)(Opcode & OperationMask);

    public byte Mode => (byte)(Opcode & ModeMask);

    public BpfSize Size => (BpfSize)(Opcode & SizeMask);

    public bool HasRegisterSource => (Opcode & RegisterSource) != 0;

    /// <summary>The next instruction is this one's second half.</summary>
    public bool IsWide => Opcode == WideOpcode;

    public static BpfInstruction Alu64(BpfArithmetic operation, BpfRegister destination, BpfRegister source) =>
        new((byte)((byte)operation | RegisterSource | Arithmetic64), Pair(destination, source), (short)((int)operation >> 8), 0);

    public static BpfInstruction Alu64(BpfArithmetic operation, BpfRegister destination, int immediate) =>
        new((byte)((byte)operation | Arithmetic64), (byte)destination, (short)((int)operation >> 8), immediate);

    /// <summary>On the low halves; the high half of the result is zero.</summary>
    public static BpfInstruction Alu32(BpfArithmetic operation, BpfRegister destination, BpfRegister source) =>
        new((byte)((byte)operation | RegisterSource | Arithmetic32), Pair(destination, source), (short)((int)operation >> 8), 0);

    public static BpfInstruction Alu32(BpfArithmetic operation, BpfRegister destination, int immediate) =>
        new((byte)((byte)operation | Arithmetic32), (byte)destination, (short)((int)operation >> 8), immediate);

    /// <summary>The low 8, 16 or 32 bits of the source with their sign (Linux 6.6).</summary>
    public static BpfInstruction MoveSigned64(BpfRegister destination, BpfRegister source, int bits) =>
        new((byte)BpfArithmetic.Move | RegisterSource | Arithmetic64, Pair(destination, source), (short)bits, 0);

    /// <summary>The low 8 or 16 bits of the source with their sign, as 32 bits (Linux 6.6).</summary>
    public static BpfInstruction MoveSigned32(BpfRegister destination, BpfRegister source, int bits) =>
        new((byte)BpfArithmetic.Move | RegisterSource | Arithmetic32, Pair(destination, source), (short)bits, 0);

    public static BpfInstruction Negate64(BpfRegister register) => new(NegateOperation | Arithmetic64, (byte)register, 0, 0);

    public static BpfInstruction Negate32(BpfRegister register) => new(NegateOperation | Arithmetic32, (byte)register, 0, 0);

    /// <summary>The low 16, 32 or 64 bits between this machine's order of bytes and little endian; the bits above become zero.</summary>
    public static BpfInstruction LittleEndian(BpfRegister register, int bits) => new(ByteOrderOperation | Arithmetic32, (byte)register, 0, bits);

    /// <summary>The low 16, 32 or 64 bits between this machine's order of bytes and big endian; the bits above become zero.</summary>
    public static BpfInstruction BigEndian(BpfRegister register, int bits) => new(ByteOrderOperation | RegisterSource | Arithmetic32, (byte)register, 0, bits);

    /// <summary>The bytes the other way round on every machine (Linux 6.6).</summary>
    public static BpfInstruction SwapBytes(BpfRegister register, int bits) => new(ByteOrderOperation | Arithmetic64, (byte)register, 0, bits);

    public static BpfInstruction Load(BpfSize size, BpfRegister destination, BpfRegister address, short offset) =>
        new((byte)((byte)size | MemoryMode | LoadMemory), Pair(destination, address), offset, 0);

    /// <summary>8, 16 or 32 bits with their sign (Linux 6.6).</summary>
    public static BpfInstruction LoadSigned(BpfSize size, BpfRegister destination, BpfRegister address, short offset) =>
        new((byte)((byte)size | SignedMemoryMode | LoadMemory), Pair(destination, address), offset, 0);

    public static BpfInstruction Store(BpfSize size, BpfRegister address, short offset, BpfRegister source) =>
        new((byte)((byte)size | MemoryMode | StoreRegister), Pair(address, source), offset, 0);

    public static BpfInstruction Store(BpfSize size, BpfRegister address, short offset, int immediate) =>
        new((byte)((byte)size | MemoryMode | StoreImmediate), (byte)address, offset, immediate);

    /// <summary>Of 32 or 64 bits; <see cref="BpfAtomic.LoadAcquire"/> and <see cref="BpfAtomic.StoreRelease"/> of any size.</summary>
    public static BpfInstruction Atomic(BpfAtomic operation, BpfSize size, BpfRegister address, short offset, BpfRegister source) =>
        new((byte)((byte)size | AtomicMode | StoreRegister), Pair(address, source), offset, (int)operation);

    /// <summary>From a packet at a fixed place into register 0; register 6 has the context, and registers 1 to 5 are lost. Ends the program behind the packet.</summary>
    public static BpfInstruction LoadPacket(BpfSize size, int offset) => new((byte)((byte)size | AbsoluteMode | LoadWide), 0, 0, offset);

    /// <summary>The same, with the offset in a register added.</summary>
    public static BpfInstruction LoadPacket(BpfSize size, BpfRegister index, int offset) => new((byte)((byte)size | IndirectMode | LoadWide), Pair(BpfRegister.R0, index), 0, offset);

    /// <summary>The first half of a wide load; <see cref="WideRest"/> is to follow.</summary>
    public static BpfInstruction Wide(BpfWideSource kind, BpfRegister destination, int low) => new(WideOpcode, Pair(destination, (BpfRegister)kind), 0, low);

    public static BpfInstruction WideRest(int high) => new(0, 0, 0, high);

    public static BpfInstruction Goto(short offset) => new(AlwaysOperation | Jump, 0, offset, 0);

    /// <summary>A jump whose distance has 32 bits (Linux 6.6).</summary>
    public static BpfInstruction GotoLong(int offset) => new(AlwaysOperation | Jump32, 0, 0, offset);

    /// <summary>Leaves a loop once the kernel finds that it took too long (Linux 6.9).</summary>
    public static BpfInstruction MayGoto(short offset) => new(MayGotoOperation | Jump, 0, offset, 0);

    public static BpfInstruction JumpIf64(BpfCondition condition, BpfRegister left, BpfRegister right, short offset) =>
        new((byte)((byte)condition | RegisterSource | Jump), Pair(left, right), offset, 0);

    /// <summary>The number is widened with its sign.</summary>
    public static BpfInstruction JumpIf64(BpfCondition condition, BpfRegister left, int right, short offset) => new((byte)((byte)condition | Jump), (byte)left, offset, right);

    /// <summary>Compares the low halves (Linux 5.1).</summary>
    public static BpfInstruction JumpIf32(BpfCondition condition, BpfRegister left, BpfRegister right, short offset) =>
        new((byte)((byte)condition | RegisterSource | Jump32), Pair(left, right), offset, 0);

    public static BpfInstruction JumpIf32(BpfCondition condition, BpfRegister left, int right, short offset) => new((byte)((byte)condition | Jump32), (byte)left, offset, right);

    public static BpfInstruction Call(BpfHelper helper) => new(CallOperation | Jump, 0, 0, (int)helper);

    /// <summary>A function of the same program, as far from the next instruction.</summary>
    public static BpfInstruction CallSubprogram(int offset) => new(CallOperation | Jump, SubprogramCall << 4, 0, offset);

    /// <summary>A function of the kernel that is open to programs, by the number of its type (Linux 5.13).</summary>
    /// <param name="typeId">In the types of the kernel or of its module.</param>
    /// <param name="module">0: the kernel itself; otherwise the place of the descriptor of the module's types in fd_array (Linux 5.16).</param>
    public static BpfInstruction CallKernel(uint typeId, short module = 0) => new(CallOperation | Jump, KernelCall << 4, module, (int)typeId);

    /// <summary>Ends the program or the function with register 0 as its result.</summary>
    public static BpfInstruction Exit() => new(ExitOperation | Jump, 0, 0, 0);

    private static byte Pair(BpfRegister destination, BpfRegister source) => (byte)((byte)destination | ((byte)source << 4));
}
