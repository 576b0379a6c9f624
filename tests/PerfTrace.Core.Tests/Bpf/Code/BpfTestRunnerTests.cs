using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Bpf.Code;

public sealed class BpfTestRunnerTests
{
    private const BpfRegister R0 = BpfRegister.R0, R1 = BpfRegister.R1, R2 = BpfRegister.R2, R3 = BpfRegister.R3;

    [Fact]
    public void ThePacketIsWhatTheProgramSees()
    {
        // Its length, as a socket filter sees it: without the Ethernet header.
        BpfTestRun run = Run(BpfProgramType.SocketFilter, new() { Data = new byte[100] }, a => a.Load(BpfSize.Bits32, R0, R1));

        Assert.Equal((86, 1L), (run.ReturnValue, run.Repeat));
        Assert.Equal(100, run.Data!.Length);
        Assert.InRange(run.AverageNanoseconds!.Value, 0, 1e9);
    }

    [Fact]
    public void WhatAProgramWritesComesBack()
    {
        BpfTestRun run = Run(BpfProgramType.Xdp, new() { Data = [.. Enumerable.Range(0, 64).Select(i => (byte)i)] }, assembler =>
        {
            // if (data + 2 <= data_end) *(u16 *)data = 0x4142; return XDP_PASS
            BpfLabel end = assembler.DefineLabel();
            assembler.Load(BpfSize.Bits32, R2, R1, 0);
            assembler.Load(BpfSize.Bits32, R3, R1, 4);
            assembler.Move(R0, R2);
            assembler.Alu64(BpfArithmetic.Add, R0, 2);
            assembler.JumpIf64(BpfCondition.Greater, R0, R3, end);
            assembler.Store(BpfSize.Bits16, R2, 0, 0x4142);
            assembler.Mark(end);
            assembler.Move(R0, 2);
        });

        Assert.Equal(2, run.ReturnValue);
        Assert.Equal([0x42, 0x41, 2, 3], run.Data![..4]);
    }

    [Fact]
    public void ManyRunsAreMeasuredAndCanBeStopped()
    {
        using var counter = new BpfCounter();
        using BpfProgram program = BpfProgram.FromDescriptor(counter.Load(BpfProgramType.SocketFilter));

        BpfTestRun run = BpfTestRunner.Run(program, new() { Repeat = 50_000 }, CancellationToken.None);
        Assert.Equal((50_000L, 50_000ul), (run.Repeat, counter.Value));

        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        long begin = Environment.TickCount64;
        run = BpfTestRunner.Run(program, new() { Repeat = long.MaxValue }, stop.Token);
        Assert.InRange(Environment.TickCount64 - begin, 150, 5000);
        Assert.Equal((ulong)run.Repeat + 50_000, counter.Value);
        Assert.InRange(run.AverageNanoseconds!.Value, 0.5, 100_000);
    }

    [Fact]
    public void ARawTracepointGetsItsArguments()
    {
        byte[] context = [.. BitConverter.GetBytes(11L), .. BitConverter.GetBytes(31L)];
        BpfTestRun run = Run(BpfProgramType.RawTracepoint, new() { Context = context, Repeat = 2 }, assembler =>
        {
            assembler.Load(BpfSize.Bits64, R0, R1, 0);
            assembler.Load(BpfSize.Bits64, R2, R1, 8);
            assembler.Alu64(BpfArithmetic.Add, R0, R2);
        });

        Assert.Equal((42, 2L, null), (run.ReturnValue, run.Repeat, run.AverageNanoseconds));
        Assert.Null(run.Data);
    }

    [Fact]
    public void ASyscallProgramWritesItsContext()
    {
        const uint Sleepable = 1 << 4; // BPF_F_SLEEPABLE
        var assembler = new BpfAssembler();
        assembler.Store(BpfSize.Bits64, R1, 8, 99);
        assembler.Move(R0, 0);
        assembler.Exit();
        using BpfProgram program = BpfProgram.FromDescriptor(BpfProgramLoader.Load(new BpfProgramRequest(BpfProgramType.Syscall, assembler.Assemble()) { Flags = Sleepable }));

        BpfTestRun run = BpfTestRunner.Run(program, new() { Context = new byte[16] }, CancellationToken.None);

        Assert.Equal(99, BitConverter.ToInt64(run.Context!, 8));
    }

    [Fact]
    public void TypesThatCanNotAreTold()
    {
        var e = Assert.Throws<BpfTestRunException>(() => Run(BpfProgramType.Tracepoint, new(), static a => a.Move(R0, 0)));

        Assert.Contains("does not run programs of the type tracepoint", e.Summary, StringComparison.Ordinal);
        Assert.Contains("socket_filter", e.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void BadDataIsTold()
    {
        Assert.Contains("14 bytes", Assert.ThrowsAny<KernelException>(() => Run(BpfProgramType.SocketFilter, new() { Data = [1, 2, 3] }, static a => a.Move(R0, 0))).Advice, StringComparison.Ordinal);
        Assert.Contains("8 bytes each", Assert.ThrowsAny<KernelException>(() => Run(BpfProgramType.RawTracepoint, new() { Context = [1] }, static a => a.Load(BpfSize.Bits64, R0, R1, 8))).Advice, StringComparison.Ordinal);
        Assert.Contains("CPU", Assert.ThrowsAny<KernelException>(() => Run(BpfProgramType.RawTracepoint, new() { Cpu = 4000 }, static a => a.Move(R0, 0))).Advice, StringComparison.Ordinal);
    }

    private static BpfTestRun Run(BpfProgramType type, BpfTestRunRequest request, Action<BpfAssembler> emit)
    {
        var assembler = new BpfAssembler();
        emit(assembler);
        assembler.Exit();
        using BpfProgram program = BpfProgram.FromDescriptor(BpfProgramLoader.Load(new BpfProgramRequest(type, assembler.Assemble()) { Name = "test_run" }));
        return BpfTestRunner.Run(program, request, CancellationToken.None);
    }
}
