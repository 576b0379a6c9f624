using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Bpf.Code;

public sealed class BpfAssemblerTests
{
    private const BpfRegister R0 = BpfRegister.R0, R1 = BpfRegister.R1, R6 = BpfRegister.R6;

    private readonly BpfAssembler _assembler = new();

    [Fact]
    public void LabelsAreMarkedBeforeAndBehindTheirJumps()
    {
        BpfLabel end = _assembler.DefineLabel();
        BpfLabel loop = _assembler.MarkLabel();
        _assembler.JumpIf64(BpfCondition.Equal, R1, 0, end);
        _assembler.Alu64(BpfArithmetic.Subtract, R1, 1);
        _assembler.Goto(loop);
        _assembler.Mark(end);
        _assembler.Exit();

        Assert.Equal(["(15) if r1 == 0x0 goto pc+2", "(17) r1 -= 1", "(05) goto pc-3", "(95) exit"], Text());
    }

    [Fact]
    public void FunctionsAreCalledAndTheirAddressesLoaded()
    {
        BpfLabel function = _assembler.DefineLabel();
        _assembler.LoadFunction(R6, function);
        _assembler.Call(function);
        _assembler.Exit();
        _assembler.Mark(function);
        _assembler.Move(R0, 0);
        _assembler.Exit();
        BpfCode code = _assembler.Assemble();

        // Both count from the instruction behind: for the wide load behind its first half, as the kernel does.
        Assert.Equal(3, code.Instructions[0].Immediate);
        Assert.Equal("(85) call pc+1", BpfDisassembler.Write(code.Instructions[2], default));
    }

    [Theory]
    [InlineData(0, "(b7) r1 = 0")]
    [InlineData(-1, "(b7) r1 = -1")]
    [InlineData(int.MinValue, "(b7) r1 = -2147483648")]
    [InlineData(0xffffffff, "(b4) w1 = -1")]
    [InlineData(0x80000000, "(b4) w1 = -2147483648")]
    [InlineData(0x123456789abcdef0, "(18) r1 = 0x123456789abcdef0")]
    [InlineData(long.MinValue, "(18) r1 = 0x8000000000000000")]
    public void NumbersTakeTheShortestInstruction(long number, string text)
    {
        _assembler.Move(R1, number);
        BpfCode code = _assembler.Assemble();

        Assert.Equal(text, BpfDisassembler.Write(code.Instructions[0], code.Instructions[^1]));
    }

    [Fact]
    public void ALongJumpGetsTheLongInstruction()
    {
        BpfLabel end = _assembler.DefineLabel();
        _assembler.Goto(end);
        for (int i = 0; i < 40_000; i++)
            _assembler.Move(R0, 0);
        _assembler.Mark(end);
        _assembler.Exit();

        Assert.Equal("(06) gotol pc+40000", Text()[0]);
    }

    [Fact]
    public void AConditionalJumpThatIsTooLongIsAnError()
    {
        BpfLabel end = _assembler.DefineLabel();
        _assembler.JumpIf32(BpfCondition.NotEqual, R0, 1, end);
        for (int i = 0; i < 40_000; i++)
            _assembler.Move(R0, 0);
        _assembler.Mark(end);
        _assembler.Exit();

        Assert.Contains("16 bits", Assert.Throws<BpfAssemblyException>(_assembler.Assemble).Message, StringComparison.Ordinal);
        Assert.Throws<BpfAssemblyException>(() => _assembler.Load(BpfSize.Bits64, R0, R1, 40_000));
    }

    [Fact]
    public void ALabelThatIsMarkedNowhereOrTwiceIsAFault()
    {
        BpfLabel label = _assembler.DefineLabel();
        _assembler.Goto(label);
        Assert.Throws<InvalidOperationException>(_assembler.Assemble);

        _assembler.Mark(label);
        Assert.Throws<InvalidOperationException>(() => _assembler.Mark(label));
    }

    [Fact]
    public void MapsAreRememberedOnce()
    {
        using FileDescriptor map = BpfCounter.CreateArray(8, 1, "test_map");
        _assembler.LoadMap(R1, map);
        _assembler.LoadMapValue(R6, map, 4);
        BpfCode code = _assembler.Assemble();

        Assert.Equal(map, Assert.Single(code.Descriptors));
        Assert.Equal((map.Number, BpfWideSource.Map), (code.Instructions[0].Immediate, (BpfWideSource)code.Instructions[0].Source));
        Assert.Equal((map.Number, BpfWideSource.MapValue, 4), (code.Instructions[2].Immediate, (BpfWideSource)code.Instructions[2].Source, code.Instructions[3].Immediate));
    }

    [Fact]
    public void TheLastLineOfAnInstructionCounts()
    {
        _assembler.BeginFunction(7);
        _assembler.MarkLine(1, 2, 10, 3);
        _assembler.MarkLine(1, 5, 11, 4);
        _assembler.Move(R0, 0);
        _assembler.MarkLine(1, 9, 12, 5);
        _assembler.Exit();
        BpfCode code = _assembler.Assemble();

        Assert.Equal([(0u, 5u, 11u, 4u), (1u, 9u, 12u, 5u)], code.Lines.Select(l => (l.Instruction, l.Text, l.Line, l.Column)));
        Assert.Equal(new BpfFunctionInfo(0, 7), Assert.Single(code.Functions));
    }

    private string[] Text() => [.. _assembler.Assemble().Instructions.Select(i => BpfDisassembler.Write(i, default))];
}
