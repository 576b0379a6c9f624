using System.Globalization;

namespace PerfTrace.Bpf;

/// <summary>Writes instructions as the kernel's verifier and bpftool write them (print_bpf_insn() of kernel/bpf/disasm.c, Linux 6.18).</summary>
internal static class BpfDisassembler
{
    // Of moves: the offset of the form that takes a pointer to another address space, and of the verifier's own that takes one to this CPU's memory.
    private const short AddressSpaceCast = 1, PerCpuAddress = -1;

    // BPF_STATIC_BRANCH_JA and BPF_STATIC_BRANCH_NOP in the source of a jump.
    private const int StaticBranch = 1, StaticBranchOff = 2;

    /// <summary>The text of an instruction, with its opcode in front: <c>(b7) r0 = 0</c>.</summary>
    /// <param name="instruction">The instruction.</param>
    /// <param name="rest">The second half of a wide load; any other is passed over.</param>
    /// <param name="names">Knows maps and functions; null: numbers alone.</param>
    public static string Write(BpfInstruction instruction, BpfInstruction rest, IBpfOperandNames? names = null) => instruction.Class switch
    {
        BpfInstruction.Arithmetic32 or BpfInstruction.Arithmetic64 => Line(instruction, Arithmetic(instruction)),
        BpfInstruction.StoreRegister => instruction.Mode switch
        {
            BpfInstruction.MemoryMode => Line(instruction, $"*({Type(instruction)} *)(r{Destination(instruction)} {Signed(instruction.Offset)}) = r{Source(instruction)}"),
            BpfInstruction.AtomicMode when Atomic(instruction) is { } text => Line(instruction, text),
            _ => $"BUG_{Opcode(instruction)}",
        },
        BpfInstruction.StoreImmediate => instruction.Mode switch
        {
            BpfInstruction.MemoryMode => Line(instruction, $"*({Type(instruction)} *)(r{Destination(instruction)} {Signed(instruction.Offset)}) = {instruction.Immediate}"),
            BpfInstruction.AtomicMode => Line(instruction, "nospec"), // the verifier's own barrier against speculation
            _ => $"BUG_st_{Opcode(instruction)}",
        },
        BpfInstruction.LoadMemory => instruction.Mode switch
        {
            BpfInstruction.MemoryMode => Line(instruction, $"r{Destination(instruction)} = *({Type(instruction)} *)(r{Source(instruction)} {Signed(instruction.Offset)})"),
            BpfInstruction.SignedMemoryMode => Line(instruction, $"r{Destination(instruction)} = *({SignedType(instruction)} *)(r{Source(instruction)} {Signed(instruction.Offset)})"),
            _ => $"BUG_ldx_{Opcode(instruction)}",
        },
        BpfInstruction.LoadWide => instruction switch
        {
            { Mode: BpfInstruction.AbsoluteMode } => Line(instruction, $"r0 = *({Type(instruction)} *)skb[{instruction.Immediate}]"),
            { Mode: BpfInstruction.IndirectMode } => Line(instruction, $"r0 = *({Type(instruction)} *)skb[r{Source(instruction)} + {instruction.Immediate}]"),
            { IsWide: true } => Line(instruction, $"r{Destination(instruction)} = {names?.Wide(instruction, rest) ?? Hexadecimal(WideNumber(instruction, rest))}"),
            _ => $"BUG_ld_{Opcode(instruction)}",
        },
        _ => Line(instruction, Branch(instruction, names)),
    };

    /// <summary>The number of a wide load.</summary>
    public static ulong WideNumber(BpfInstruction instruction, BpfInstruction rest) => (uint)instruction.Immediate | ((ulong)(uint)rest.Immediate << 32);

    /// <summary>How far a jump goes from the next instruction; null: it is none.</summary>
    public static int? Distance(BpfInstruction instruction) => instruction switch
    {
        { Class: BpfInstruction.Jump32, Operation: BpfInstruction.AlwaysOperation } => instruction.Immediate,
        { Class: BpfInstruction.Jump, Operation: BpfInstruction.AlwaysOperation, HasRegisterSource: true } => null,
        { Class: BpfInstruction.Jump or BpfInstruction.Jump32, Operation: BpfInstruction.CallOperation or BpfInstruction.ExitOperation } => null,
        { Class: BpfInstruction.Jump or BpfInstruction.Jump32 } => instruction.Offset,
        _ => null,
    };

    private static string Arithmetic(BpfInstruction instruction)
    {
        bool isWide = instruction.Class == BpfInstruction.Arithmetic64;
        char kind = isWide ? 'r' : 'w';
        int destination = Destination(instruction), source = Source(instruction);
        switch (instruction.Operation)
        {
            case BpfInstruction.ByteOrderOperation:
                string order = isWide ? "bswap" : instruction.HasRegisterSource ? "be" : "le";
                return $"r{destination} = {order}{instruction.Immediate} r{destination}";
            case BpfInstruction.NegateOperation:
                return $"{kind}{destination} = -{kind}{destination}";
            case (byte)BpfArithmetic.Move when isWide && instruction is { HasRegisterSource: true, Offset: AddressSpaceCast }:
                return $"r{destination} = addr_space_cast(r{source}, {(uint)instruction.Immediate >> 16}, {(ushort)instruction.Immediate})";
            case (byte)BpfArithmetic.Move when isWide && instruction is { HasRegisterSource: true, Offset: PerCpuAddress }:
                return $"r{destination} = &(void __percpu *)(r{source})";
        }
        string operation = BpfMnemonics.ArithmeticSign(instruction);
        if (!instruction.HasRegisterSource)
            return $"{kind}{destination} {operation} {instruction.Immediate}";
        string cast = instruction.Operation == (byte)BpfArithmetic.Move && instruction.Offset is 8 or 16 or 32 ? $"(s{instruction.Offset})" : "";
        return $"{kind}{destination} {operation} {cast}{kind}{source}";
    }

    private static string? Atomic(BpfInstruction instruction)
    {
        string memory = $"({Type(instruction)} *)(r{Destination(instruction)} {Signed(instruction.Offset)})";
        string width = instruction.Size == BpfSize.Bits64 ? "64" : "";
        int source = Source(instruction);
        return (BpfAtomic)instruction.Immediate switch
        {
            BpfAtomic.Add => $"lock *{memory} += r{source}",
            BpfAtomic.Or => $"lock *{memory} |= r{source}",
            BpfAtomic.And => $"lock *{memory} &= r{source}",
            BpfAtomic.ExclusiveOr => $"lock *{memory} ^= r{source}",
            BpfAtomic.FetchAdd => $"r{source} = atomic{width}_fetch_add({memory}, r{source})",
            BpfAtomic.FetchOr => $"r{source} = atomic{width}_fetch_or({memory}, r{source})",
            BpfAtomic.FetchAnd => $"r{source} = atomic{width}_fetch_and({memory}, r{source})",
            BpfAtomic.FetchExclusiveOr => $"r{source} = atomic{width}_fetch_xor({memory}, r{source})",
            BpfAtomic.Exchange => $"r{source} = atomic{width}_xchg({memory}, r{source})",
            BpfAtomic.CompareExchange => $"r0 = atomic{width}_cmpxchg({memory}, r0, r{source})",
            BpfAtomic.LoadAcquire => $"r{Destination(instruction)} = load_acquire(({Type(instruction)} *)(r{source} {Signed(instruction.Offset)}))",
            BpfAtomic.StoreRelease => $"store_release({memory}, r{source})",
            _ => null,
        };
    }

    private static string Branch(BpfInstruction instruction, IBpfOperandNames? names)
    {
        bool isWide = instruction.Class == BpfInstruction.Jump;
        switch (instruction.Operation)
        {
            case BpfInstruction.CallOperation:
                return Call(instruction, names);
            case BpfInstruction.AlwaysOperation when !instruction.HasRegisterSource:
                string suffix = isWide ? "" : "l";
                string jump = (Source(instruction) & (StaticBranch | StaticBranchOff)) switch
                {
                    StaticBranch => $"goto{suffix}_or_nop",
                    StaticBranch | StaticBranchOff => $"nop_or_goto{suffix}",
                    _ => $"goto{suffix}",
                };
                return $"{jump} pc{Signed(isWide ? instruction.Offset : instruction.Immediate)}";
            case BpfInstruction.AlwaysOperation when isWide:
                return $"gotox r{Destination(instruction)}";
            case BpfInstruction.MayGotoOperation when isWide && !instruction.HasRegisterSource && Source(instruction) == 0:
                return $"may_goto pc{Signed(instruction.Offset)}";
            case BpfInstruction.ExitOperation when isWide && !instruction.HasRegisterSource:
                return "exit";
        }
        char kind = isWide ? 'r' : 'w';
        string right = instruction.HasRegisterSource ? $"{kind}{Source(instruction)}" : Hexadecimal((uint)instruction.Immediate);
        return $"if {kind}{Destination(instruction)} {BpfMnemonics.ConditionSign(instruction)} {right} goto pc{Signed(instruction.Offset)}";
    }

    private static string Call(BpfInstruction instruction, IBpfOperandNames? names)
    {
        int kind = Source(instruction);
        // A number below 212 with no kind is a helper's own: the kernel shows it so where addresses are hidden.
        string? name = kind == 0 ? BpfHelpers.NameOf(instruction.Immediate) : null;
        name ??= names?.Call(instruction);
        if (kind == BpfInstruction.SubprogramCall)
            return $"call pc{name ?? Signed(instruction.Immediate)}";
        return $"call {name ?? (kind == BpfInstruction.KernelCall ? "kernel-function" : "unknown")}#{instruction.Immediate}";
    }

    private static string Line(BpfInstruction instruction, string text) => $"({Opcode(instruction)}) {text}";

    private static string Opcode(BpfInstruction instruction) => instruction.Opcode.ToString("x2", CultureInfo.InvariantCulture);

    private static int Destination(BpfInstruction instruction) => (int)instruction.Destination;

    private static int Source(BpfInstruction instruction) => (int)instruction.Source;

    private static string Type(BpfInstruction instruction) => $"u{BpfMnemonics.Bits(instruction.Size)}";

    private static string SignedType(BpfInstruction instruction) => instruction.Size == BpfSize.Bits64 ? "(null)" : $"s{BpfMnemonics.Bits(instruction.Size)}";

    private static string Signed(int number) => number.ToString("+0;-0;+0", CultureInfo.InvariantCulture);

    private static string Hexadecimal(ulong number) => $"0x{number.ToString("x", CultureInfo.InvariantCulture)}";
}
