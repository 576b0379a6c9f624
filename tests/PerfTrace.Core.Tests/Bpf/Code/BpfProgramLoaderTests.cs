using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Bpf.Code;

public sealed class BpfProgramLoaderTests
{
    private const BpfRegister R0 = BpfRegister.R0, R1 = BpfRegister.R1, R2 = BpfRegister.R2, R10 = BpfRegister.R10;

    [Theory]
    [InlineData(BpfProgramType.SocketFilter)]
    [InlineData(BpfProgramType.Tracepoint)]
    [InlineData(BpfProgramType.RawTracepoint)]
    [InlineData(BpfProgramType.PerfEvent)]
    [InlineData(BpfProgramType.SchedulerClassifier)]
    [InlineData(BpfProgramType.Xdp)]
    [InlineData(BpfProgramType.CGroupSkb)]
    public void ProgramsOfManyTypesAreLoaded(BpfProgramType type)
    {
        using var counter = new BpfCounter();
        using FileDescriptor program = counter.Load(type, "test.loaded-1234567");
        using BpfProgram loaded = BpfProgram.FromDescriptor(program.Duplicate());

        Assert.Equal((type, "test.loaded_123"), (loaded.Type, loaded.Name));
        Assert.Single(loaded.MapId);
    }

    [Fact]
    public void ARejectedProgramTellsWhere()
    {
        var code = new BpfCode(BpfInstruction.Alu64(BpfArithmetic.Move, R0, 0), BpfInstruction.Load(BpfSize.Bits64, R2, R1, 1000), BpfInstruction.Exit());

        BpfVerifierException e = Reject(new BpfProgramRequest(BpfProgramType.SocketFilter, code) { Name = "test_rejected" });

        Assert.Equal(Errno.EACCES, e.Errno);
        Assert.Equal((1, "(79) r2 = *(u64 *)(r1 +1000)"), (e.InstructionIndex, e.Instruction));
        Assert.Equal("invalid bpf_context access off=1000 size=8", e.Reason);
        Assert.Contains("processed ", e.Log, StringComparison.Ordinal);
        Assert.Contains("test_rejected (socket_filter): invalid bpf_context access off=1000 size=8 (EACCES). At instruction 1: (79) r2", e.Summary, StringComparison.Ordinal);
        Assert.Contains("have no field there", e.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Summary);
    }

    [Fact]
    public void AMissingValueIsAdvised()
    {
        BpfVerifierException e = Reject(new BpfProgramRequest(BpfProgramType.Tracepoint, new BpfCode(BpfInstruction.Exit())));

        Assert.Equal("R0 !read_ok", e.Reason);
        Assert.Contains("no value yet", e.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void APointerThatMayBeNullIsAdvised()
    {
        using FileDescriptor map = BpfCounter.CreateMap(BpfMapType.Hash, 4, 8, 4, "test_map");
        var assembler = new BpfAssembler();
        assembler.Store(BpfSize.Bits32, R10, -4, 0);
        assembler.Move(R2, R10);
        assembler.Alu64(BpfArithmetic.Add, R2, -4);
        assembler.LoadMap(R1, map);
        assembler.Call(BpfHelper.MapLookupElem);
        assembler.Load(BpfSize.Bits64, R0, R0);
        assembler.Exit();

        BpfVerifierException e = Reject(new BpfProgramRequest(BpfProgramType.Tracepoint, assembler.Assemble()));

        Assert.Contains("map_value_or_null", e.Reason, StringComparison.Ordinal);
        Assert.Contains("compare it with zero", e.Advice, StringComparison.Ordinal);
        Assert.Equal("(79) r0 = *(u64 *)(r0 +0)", e.Instruction);
    }

    [Fact]
    public void AHelperForGplProgramsWantsTheLicense()
    {
        var assembler = new BpfAssembler();
        assembler.Call(BpfHelper.GetCurrentTask);
        assembler.Move(R0, 0);
        assembler.Exit();
        var request = new BpfProgramRequest(BpfProgramType.Tracepoint, assembler.Assemble());

        Assert.Contains("license", Reject(request with { License = "Proprietary" }).Advice, StringComparison.Ordinal);
        using FileDescriptor program = BpfProgramLoader.Load(request with { License = "Dual BSD/GPL" });
        Assert.False(program.IsInvalid);
    }

    [Fact]
    public void AJumpOutOfTheProgramIsRejected()
    {
        var code = new BpfCode(BpfInstruction.Goto(100), BpfInstruction.Exit());

        Assert.Contains("jump out of range", Reject(new BpfProgramRequest(BpfProgramType.SocketFilter, code)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ALongLogIsThereWhole()
    {
        // Each branch is followed twice and written down: some hundred kilobytes.
        var assembler = new BpfAssembler();
        assembler.Call(BpfHelper.KtimeGetNs);
        assembler.Move(BpfRegister.R6, R0);
        for (int i = 0; i < 3000; i++)
            assembler.Alu64(BpfArithmetic.ExclusiveOr, BpfRegister.R6, i);
        assembler.Load(BpfSize.Bits64, R0, BpfRegister.R6);
        assembler.Exit();

        BpfVerifierException e = Reject(new BpfProgramRequest(BpfProgramType.Tracepoint, assembler.Assemble()));

        Assert.InRange(e.Log.Length, 66_000, 16 << 20);
        Assert.Equal(3002, e.InstructionIndex);
        Assert.StartsWith("0: ", e.Log[(e.Log.IndexOf('\n', StringComparison.Ordinal) - 0)..].TrimStart(), StringComparison.Ordinal);
        Assert.Contains("processed ", e.Log[^200..], StringComparison.Ordinal);
    }

    [Fact]
    public void ATypeThatTheKernelDoesNotHaveIsTold()
    {
        var code = new BpfCode(BpfInstruction.Alu64(BpfArithmetic.Move, R0, 0), BpfInstruction.Exit());

        var unknown = Assert.Throws<BpfProgramTypeException>(() => BpfProgramLoader.Load(new BpfProgramRequest((BpfProgramType)4242, code)));
        Assert.Equal("This kernel has no BPF programs of the type 4242.", unknown.Summary);

        // A wrong attach type is not a type that is missing.
        var wrong = Assert.Throws<KernelException>(() => BpfProgramLoader.Load(new BpfProgramRequest(BpfProgramType.CGroupSockAddr, code) { ExpectedAttachType = BpfAttachType.SkLookup }));
        Assert.Contains("do not go with the attach type sk_lookup", wrong.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void NothingAndFarTooMuchAreTold()
    {
        Assert.Contains("at least one", Assert.ThrowsAny<KernelException>(() => BpfProgramLoader.Load(new BpfProgramRequest(BpfProgramType.SocketFilter, new BpfCode()))).Advice, StringComparison.Ordinal);

        var many = new BpfInstruction[1_000_001];
        Array.Fill(many, BpfInstruction.Alu64(BpfArithmetic.Move, R0, 0));
        many[^1] = BpfInstruction.Exit();
        Assert.Contains("a million", Assert.ThrowsAny<KernelException>(() => BpfProgramLoader.Load(new BpfProgramRequest(BpfProgramType.SocketFilter, new BpfCode(many)))).Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void NoDescriptorIsLeftOpen() => Descriptors.AssertNoneLeaked(() =>
    {
        using var counter = new BpfCounter();
        using FileDescriptor program = counter.Load(BpfProgramType.SocketFilter);
        Reject(new BpfProgramRequest(BpfProgramType.Tracepoint, new BpfCode(BpfInstruction.Exit())));
    });

    private static BpfVerifierException Reject(BpfProgramRequest request) => Assert.Throws<BpfVerifierException>(() => BpfProgramLoader.Load(request));
}
