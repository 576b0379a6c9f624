using PerfTrace.Bpf;
using PerfTrace.BpfTrace;

namespace PerfTrace.Tests.BpfTrace.Code;

[Trait("Machine", "Both")]
public sealed class IrEmitterTests
{
    private const int Words = 24;

    private static readonly BpfArithmetic[] Operations =
    [
        BpfArithmetic.Add, BpfArithmetic.Subtract, BpfArithmetic.Multiply, BpfArithmetic.Divide, BpfArithmetic.Modulo, BpfArithmetic.Or, BpfArithmetic.And,
        BpfArithmetic.ExclusiveOr,
    ];

    private static readonly BpfArithmetic[] Shifts = [BpfArithmetic.ShiftLeft, BpfArithmetic.ShiftRight, BpfArithmetic.ArithmeticShiftRight];

    private static readonly BpfCondition[] Conditions = Enum.GetValues<BpfCondition>();

    [Fact]
    public void WhatIsNotReadIsNotComputed()
    {
        var function = new IrFunction();
        IrValue unused = function.Arithmetic(BpfArithmetic.Add, function.Constant(1), 2);
        function.Arithmetic(BpfArithmetic.Multiply, unused, unused);
        function.Return(0);

        Assert.Equal(["(b7) r0 = 0", "(95) exit"], Lines(function));
    }

    [Fact]
    public void ResultsStayInTheRegistersOfWhatTheyAreMadeFrom()
    {
        var function = new IrFunction();
        IrValue length = function.Load(BpfSize.Bits32, new IrPlace(function.Parameter(0), 0));
        IrValue sum = function.Arithmetic(BpfArithmetic.Add, length, 5);
        function.Return(function.Arithmetic(BpfArithmetic.ShiftLeft, sum, 1));

        Assert.Equal(["(61) r1 = *(u32 *)(r1 +0)", "(07) r1 += 5", "(67) r1 <<= 1", "(bf) r0 = r1", "(95) exit"], Lines(function));
    }

    [Fact]
    public void WhatCrossesACallIsInARegisterThatCallsKeep()
    {
        var function = new IrFunction();
        IrValue length = function.Load(BpfSize.Bits32, new IrPlace(function.Parameter(0), 0));
        IrValue cpu = function.Call(BpfHelper.GetSmpProcessorId);
        function.Return(function.Arithmetic(BpfArithmetic.Add, length, cpu));

        Assert.Equal(["(61) r6 = *(u32 *)(r1 +0)", "(85) call bpf_get_smp_processor_id#8", "(bf) r1 = r0", "(0f) r6 += r1", "(bf) r0 = r6", "(95) exit"], Lines(function));
    }

    [Fact]
    public void ArgumentsThatStandInEachOthersWayAreExchanged()
    {
        using var machine = new IrMachine(Words);
        var function = new IrFunction();
        IrPlace key = function.Frame.Allocate(4), value = function.Frame.Allocate(Words * 8);
        function.Store(BpfSize.Bits32, key, 0);
        for (int i = 0; i < Words; i++)
            function.Store(BpfSize.Bits64, value.At(i * 8), i);
        // The addresses get their registers in one order and are given in the other.
        IrValue second = function.Address(value), first = function.Address(key);
        function.Call(BpfHelper.MapUpdateElem, machine.Map, first, second, 0L);
        function.Return(0);

        Assert.Equal([.. Enumerable.Range(0, Words).Select(static i => (ulong)i)], machine.Run(function));
    }

    [Fact]
    public void AStackThatIsTooLargeIsAnError()
    {
        var function = new IrFunction();
        function.Store(BpfSize.Bits64, function.Frame.Allocate(520), 0);
        function.Return(0);

        Assert.Contains("520 bytes", Assert.Throws<ScriptStackException>(() => IrMachine.Compile(function)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void StackThatIsReleasedIsGivenAgain()
    {
        var frame = new IrFrame();
        IrPlace first = frame.Allocate(13);
        int depth = frame.Depth;
        IrPlace second = frame.Allocate(8);
        frame.Release(depth);

        Assert.Equal((-16, -24, second), (first.Offset, second.Offset, frame.Allocate(1)));
        Assert.Equal(24, frame.LargestDepth);
    }

    /// <summary>Functions of all kinds of steps, with more values alive than there are registers, calls that destroy registers, and jumps: the kernel computes what they say.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void TheKernelComputesWhatTheFunctionSays(int seed)
    {
        var random = new Random(seed);
        using var machine = new IrMachine(Words);
        for (int round = 0; round < 50; round++)
        {
            IrFunction function = Any(random, machine, 3 + random.Next(Words - 3), 10 + random.Next(120));

            Assert.Equal(IrMachine.Interpret(function, Words), machine.Run(function));
        }
    }

    private static IrFunction Any(Random random, IrMachine machine, int count, int steps)
    {
        var function = new IrFunction();
        IrValue[] values = [.. Enumerable.Range(0, count).Select(_ => function.Constant(random.Next(3) switch
        {
            0 => random.Next(-5, 5),
            1 => random.Next(int.MinValue, int.MaxValue),
            _ => random.NextInt64(long.MinValue, long.MaxValue),
        }))];
        IrPlace memory = function.Frame.Allocate(16);
        function.Store(BpfSize.Bits64, memory, 7);
        function.Store(BpfSize.Bits64, memory.At(8), -7);
        IrLabel? label = null;
        for (int step = 0; step < steps; step++)
        {
            IrValue to = values[random.Next(count)], left = values[random.Next(count)], other = values[random.Next(count)];
            IrOperand right = random.Next(3) == 0 ? (IrOperand)random.Next(1, 1000) : other;
            switch (random.Next(12))
            {
                case 0:
                    function.Copy(to, left);
                    break;
                case 1:
                    function.Copy(to, function.Negate(left));
                    break;
                case 2:
                    function.Copy(to, function.BigEndian(left, 16 << random.Next(3)));
                    break;
                case 3:
                    function.Call(BpfHelper.KtimeGetNs);
                    break;
                case 4:
                    function.Store(BpfSize.Bits64, memory.At(8 * random.Next(2)), right);
                    break;
                case 5:
                    function.Load(BpfSize.Bits64, to, memory.At(8 * random.Next(2)));
                    break;
                case 6:
                    function.Atomic(BpfAtomic.Add, BpfSize.Bits64, memory, left);
                    break;
                case 7 when label is null:
                    label = function.NewLabel();
                    function.JumpIf(Conditions[random.Next(Conditions.Length)], left, right, label.Value);
                    break;
                case 8 when label is { } open:
                    function.Mark(open);
                    label = null;
                    break;
                case 9:
                    function.Arithmetic(Shifts[random.Next(Shifts.Length)], to, left, random.Next(32), random.Next(4) == 0);
                    break;
                default:
                    function.Arithmetic(Operations[random.Next(Operations.Length)], to, left, right, random.Next(4) == 0);
                    break;
            }
        }
        if (label is { } last)
            function.Mark(last);
        IrValue map = function.MapValue(machine.Map, 0);
        for (int i = 0; i < count; i++)
            function.Store(BpfSize.Bits64, new IrPlace(map, i * 8), values[i]);
        function.Return(0);
        return function;
    }

    private static string[] Lines(IrFunction function) => [.. IrMachine.Compile(function).Instructions.Select(static i => BpfDisassembler.Write(i, default))];
}
