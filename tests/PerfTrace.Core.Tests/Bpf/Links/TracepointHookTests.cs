using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Tests.Support;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Bpf.Links;

public sealed class TracepointHookTests
{
    private const ulong Calls = 100;

    [Fact]
    public void TheProgramRunsUntilTheLinkIsDisposedOf()
    {
        using var linked = new BpfLinks(BpfProgramType.Tracepoint);
        BpfLink link = Assert.Single(linked.Attach(TracepointHook.Find("syscalls:sys_enter_kill")));

        Assert.Equal((BpfLinkType.PerfEvent, linked.Program.Id), (link.Type, link.ProgramId));
        Assert.Contains("sys_enter_kill", link.Target, StringComparison.Ordinal);
        // Other processes may make the call, too.
        Assert.InRange(linked.Count(Call), Calls, ulong.MaxValue);
        linked.Detach();
        linked.AssertIsOff(Call);
    }

    [Fact]
    public void ACookieReachesTheProgram()
    {
        using var linked = new BpfLinks(BpfProgramType.Tracepoint);
        using FileDescriptor map = BpfCounter.CreateArray(8, 1, "test_cookie");
        var assembler = new BpfAssembler();
        assembler.Move(BpfRegister.R6, BpfRegister.R1);
        assembler.Call(BpfHelper.GetAttachCookie);
        linked.Counter.EmitCount(assembler);
        assembler.LoadMapValue(BpfRegister.R1, linked.Counter.Map, 0);
        assembler.Store(BpfSize.Bits64, BpfRegister.R1, 0, BpfRegister.R0);
        assembler.Move(BpfRegister.R0, 0);
        assembler.Exit();
        using BpfProgram program = BpfProgram.FromDescriptor(BpfProgramLoader.Load(new BpfProgramRequest(BpfProgramType.Tracepoint, assembler.Assemble())));

        using BpfLink link = Assert.Single(BpfLinker.Attach(program, TracepointHook.Find("syscalls:sys_enter_kill"), 0x1234_5678_9abc));
        Call();

        Assert.Equal(0x1234_5678_9abcul, linked.Counter.Value);
    }

    [Fact]
    public void AMisspeltNameIsCorrected()
    {
        var e = Assert.Throws<TracepointNotFoundException>(() => TracepointHook.Find("sched:sched_swich"));
        Assert.Contains("sched:sched_switch", e.Suggestions);
        Assert.Throws<TracepointNotFoundException>(() => TracepointHook.Find("sched"));
    }

    [Fact]
    public void AProgramOfAnotherTypeIsToldWhereItFits()
    {
        using var linked = new BpfLinks(BpfProgramType.Xdp);

        var e = Assert.Throws<BpfHookException>(() => linked.Attach(TracepointHook.Find("sched:sched_switch")));

        Assert.Contains("is of the type xdp: a tracepoint takes tracepoint. It can be attached to an interface (XDP).", e.Message, StringComparison.Ordinal);
        Assert.Equal(linked.Program.Id, e.ProgramId);
    }

    [Fact]
    public void AProgramForALargerRecordIsRefused()
    {
        var assembler = new BpfAssembler();
        assembler.Load(BpfSize.Bits64, BpfRegister.R0, BpfRegister.R1, 512);
        assembler.Move(BpfRegister.R0, 0);
        assembler.Exit();
        using BpfProgram program = BpfProgram.FromDescriptor(BpfProgramLoader.Load(new BpfProgramRequest(BpfProgramType.Tracepoint, assembler.Assemble())));

        var e = Assert.ThrowsAny<KernelException>(() => BpfLinker.Attach(program, TracepointHook.Find("sched:sched_switch")));

        Assert.Equal(Errno.EACCES, e.Errno);
        Assert.Contains("behind the tracepoint's record", e.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void NoDescriptorIsLeftOpen() => Descriptors.AssertNoneLeaked(() =>
    {
        using var linked = new BpfLinks(BpfProgramType.Tracepoint);
        linked.Attach(TracepointHook.Find("syscalls:sys_enter_kill"));
    });

    [Fact]
    public void AKilledOwnerLeavesNothing()
    {
        using System.Diagnostics.Process owner = Helper.Begin("hold-link", "syscalls:sys_enter_kill");
        uint link, program;
        try
        {
            string[] ids = owner.StandardOutput.ReadLine()!.Split(' ');
            (link, program) = (uint.Parse(ids[0], System.Globalization.CultureInfo.InvariantCulture), uint.Parse(ids[1], System.Globalization.CultureInfo.InvariantCulture));
            Assert.Equal(program, BpfLink.Read(link)!.ProgramId);
        }
        finally
        {
            owner.Kill(); // SIGKILL
            owner.WaitForExit();
        }
        Assert.Null(BpfLinks.Settled(() => BpfLink.Read(link)));
        Assert.Null(BpfLinks.Settled(() => BpfProgram.Read(program)));
    }

    private static void Call()
    {
        for (ulong i = 0; i < Calls; i++)
            NativeMethods.Kill(Environment.ProcessId, 0);
    }
}
