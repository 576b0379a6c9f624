using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PerfTrace.Bpf;

namespace PerfTrace.Tests.Bpf.Code;

/// <summary>Instructions byte by byte, and as the kernel writes them.</summary>
public sealed class BpfInstructionTests
{
    private const BpfRegister R0 = BpfRegister.R0, R1 = BpfRegister.R1, R2 = BpfRegister.R2, R3 = BpfRegister.R3, R9 = BpfRegister.R9, R10 = BpfRegister.R10;

    [Fact]
    public void StructuresHaveTheKernelsSizes()
    {
        Assert.Equal(8, Unsafe.SizeOf<BpfInstruction>());
        Assert.Equal(8, Unsafe.SizeOf<BpfFunctionInfo>());
        Assert.Equal(16, Unsafe.SizeOf<BpfLineInfo>());
        Assert.Equal(144, Unsafe.SizeOf<BpfProgramAttributes>());
        Assert.Equal(48, (int)Marshal.OffsetOf<BpfProgramAttributes>(nameof(BpfProgramAttributes.Name)));
        Assert.Equal(80, (int)Marshal.OffsetOf<BpfProgramAttributes>(nameof(BpfProgramAttributes.FunctionInfo)));
        Assert.Equal(108, (int)Marshal.OffsetOf<BpfProgramAttributes>(nameof(BpfProgramAttributes.AttachTypeId)));
        Assert.Equal(120, (int)Marshal.OffsetOf<BpfProgramAttributes>(nameof(BpfProgramAttributes.Descriptors)));
        Assert.Equal(140, (int)Marshal.OffsetOf<BpfProgramAttributes>(nameof(BpfProgramAttributes.LogTrueSize)));
    }

    // Bytes by the instruction set's tables (Documentation/bpf/standardization/instruction-set.rst), and the text of kernel/bpf/disasm.c.
    public static TheoryData<string, string, string> Encodings { get; } = new()
    {
        { "b700000000000000", "mov", "(b7) r0 = 0" },
        { "b701000085ffffff", "mov", "(b7) r1 = -123" },
        { "bfa2000000000000", "mov", "(bf) r2 = r10" },
        { "bc21000000000000", "mov32", "(bc) w1 = w2" },
        { "0721000008000000", "add", "(07) r1 += 8" },
        { "1f21000000000000", "sub", "(1f) r1 -= r2" },
        { "2401000003000000", "mul32", "(24) w1 *= 3" },
        { "3f21000000000000", "div", "(3f) r1 /= r2" },
        { "3f21010000000000", "sdiv", "(3f) r1 s/= r2" },
        { "9421010007000000", "smod32", "(94) w1 s%= 7" },
        { "c701000020000000", "arsh", "(c7) r1 s>>= 32" },
        { "8701000000000000", "neg", "(87) r1 = -r1" },
        { "8401000000000000", "neg32", "(84) w1 = -w1" },
        { "bf21080000000000", "movs", "(bf) r1 = (s8)r2" },
        { "bc21100000000000", "movs32", "(bc) w1 = (s16)w2" },
        { "bf21200000000000", "movs", "(bf) r1 = (s32)r2" },
        { "d401000010000000", "le16", "(d4) r1 = le16 r1" },
        { "dc01000020000000", "be32", "(dc) r1 = be32 r1" },
        { "d701000040000000", "bswap64", "(d7) r1 = bswap64 r1" },
        { "7912f8ff00000000", "ldxdw", "(79) r2 = *(u64 *)(r1 -8)" },
        { "7112000000000000", "ldxb", "(71) r2 = *(u8 *)(r1 +0)" },
        { "8112040000000000", "ldxsw", "(81) r2 = *(s32 *)(r1 +4)" },
        { "7b2af0ff00000000", "stxdw", "(7b) *(u64 *)(r10 -16) = r2" },
        { "6a0afeff07000000", "sth", "(6a) *(u16 *)(r10 -2) = 7" },
        { "db21000000000000", "atomic_add", "(db) lock *(u64 *)(r1 +0) += r2" },
        { "c321040001000000", "atomic_fetch_add", "(c3) r2 = atomic_fetch_add((u32 *)(r1 +4), r2)" },
        { "db210000e1000000", "atomic_xchg", "(db) r2 = atomic64_xchg((u64 *)(r1 +0), r2)" },
        { "db210000f1000000", "atomic_cmpxchg", "(db) r0 = atomic64_cmpxchg((u64 *)(r1 +0), r0, r2)" },
        { "d321000000010000", "load_acquire", "(d3) r1 = load_acquire((u8 *)(r2 +0))" },
        { "db21000010010000", "store_release", "(db) store_release((u64 *)(r1 +0), r2)" },
        { "0500030000000000", "ja", "(05) goto pc+3" },
        { "06000000ffffffff", "ja32", "(06) gotol pc-1" },
        { "e500020000000000", "may_goto", "(e5) may_goto pc+2" },
        { "1501050000000000", "jeq", "(15) if r1 == 0x0 goto pc+5" },
        { "2d21fbff00000000", "jgt", "(2d) if r1 > r2 goto pc-5" },
        { "c601010085ffffff", "jslt32", "(c6) if w1 s< 0xffffff85 goto pc+1" },
        { "4501010008000000", "jset", "(45) if r1 & 0x8 goto pc+1" },
        { "8500000001000000", "call", "(85) call bpf_map_lookup_elem#1" },
        { "85100000feffffff", "call", "(85) call pc-2" },
        { "8520000039300000", "call", "(85) call kernel-function#12345" },
        { "9500000000000000", "exit", "(95) exit" },
        { "280000000c000000", "ldabsh", "(28) r0 = *(u16 *)skb[12]" },
        { "5020000004000000", "ldindb", "(50) r0 = *(u8 *)skb[r2 + 4]" },
    };

    [Theory]
    [MemberData(nameof(Encodings))]
    public void AreWrittenAsTheKernelWritesThem(string bytes, string mnemonic, string text)
    {
        BpfInstruction instruction = MemoryMarshal.Read<BpfInstruction>(Convert.FromHexString(bytes));

        Assert.Equal(text, BpfDisassembler.Write(instruction, default));
        Assert.Equal(mnemonic, BpfMnemonics.Of(instruction));
    }

    [Fact]
    public void ConstructorsMakeTheSameBytes()
    {
        BpfInstruction[] made =
        [
            BpfInstruction.Alu64(BpfArithmetic.Move, R0, 0),
            BpfInstruction.Alu64(BpfArithmetic.Move, R1, -123),
            BpfInstruction.Alu64(BpfArithmetic.Move, R2, R10),
            BpfInstruction.Alu32(BpfArithmetic.Move, R1, R2),
            BpfInstruction.Alu64(BpfArithmetic.SignedDivide, R1, R2),
            BpfInstruction.Alu64(BpfArithmetic.ArithmeticShiftRight, R1, 32),
            BpfInstruction.Negate64(R1),
            BpfInstruction.Negate32(R1),
            BpfInstruction.MoveSigned64(R1, R2, 8),
            BpfInstruction.MoveSigned32(R1, R2, 16),
            BpfInstruction.LittleEndian(R1, 16),
            BpfInstruction.BigEndian(R1, 32),
            BpfInstruction.SwapBytes(R1, 64),
            BpfInstruction.Load(BpfSize.Bits64, R2, R1, -8),
            BpfInstruction.LoadSigned(BpfSize.Bits32, R2, R1, 4),
            BpfInstruction.Store(BpfSize.Bits64, R10, -16, R2),
            BpfInstruction.Store(BpfSize.Bits16, R10, -2, 7),
            BpfInstruction.Atomic(BpfAtomic.Add, BpfSize.Bits64, R1, 0, R2),
            BpfInstruction.Atomic(BpfAtomic.CompareExchange, BpfSize.Bits64, R1, 0, R2),
            BpfInstruction.Goto(3),
            BpfInstruction.GotoLong(-1),
            BpfInstruction.MayGoto(2),
            BpfInstruction.JumpIf64(BpfCondition.Equal, R1, 0, 5),
            BpfInstruction.JumpIf64(BpfCondition.Greater, R1, R2, -5),
            BpfInstruction.JumpIf32(BpfCondition.SignedLess, R1, -123, 1),
            BpfInstruction.Call(BpfHelper.MapLookupElem),
            BpfInstruction.CallSubprogram(-2),
            BpfInstruction.CallKernel(12345),
            BpfInstruction.Exit(),
            BpfInstruction.LoadPacket(BpfSize.Bits16, 12),
            BpfInstruction.LoadPacket(BpfSize.Bits8, R2, 4),
        ];
        string[] known = [.. Encodings.Select(e => e.Data.Item1)];

        foreach (BpfInstruction instruction in made)
            Assert.Contains(Convert.ToHexStringLower(MemoryMarshal.AsBytes([instruction])), known);
        Assert.Equal(made.Length, made.Distinct().Count());
    }

    [Fact]
    public void RegistersAndPartsAreReadBack()
    {
        BpfInstruction instruction = BpfInstruction.Store(BpfSize.Bits32, R9, -4, R3);

        Assert.Equal((R9, R3, (short)-4), (instruction.Destination, instruction.Source, instruction.Offset));
        Assert.Equal((BpfInstruction.StoreRegister, BpfInstruction.MemoryMode, BpfSize.Bits32), (instruction.Class, instruction.Mode, instruction.Size));
    }

    [Fact]
    public void WhatIsNoInstructionIsWrittenToo()
    {
        // Every opcode, with everything behind it: none may throw.
        for (int opcode = 0; opcode < 256; opcode++)
        {
            foreach (byte registers in new byte[] { 0x00, 0x21, 0xff })
            {
                var instruction = new BpfInstruction((byte)opcode, registers, -1, -1);
                Assert.NotEmpty(BpfDisassembler.Write(instruction, default));
                Assert.NotNull(BpfMnemonics.Of(instruction));
            }
        }
    }
}
