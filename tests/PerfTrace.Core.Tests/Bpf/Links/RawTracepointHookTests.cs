using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Tests.Support;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Bpf.Links;

public sealed class RawTracepointHookTests
{
    [Fact]
    public void TheProgramRunsUntilTheLinkIsDisposedOf()
    {
        using var linked = new BpfLinks(BpfProgramType.RawTracepoint);
        BpfLink link = Assert.Single(linked.Attach(new RawTracepointHook("sched_process_fork")));

        Assert.Equal((BpfLinkType.RawTracepoint, "sched_process_fork"), (link.Type, link.Target));
        Assert.InRange(linked.Count(static () => Command.Run("true", [])), 1ul, ulong.MaxValue);
        linked.Detach();
        linked.AssertIsOff(static () => Command.Run("true", []));
    }

    [Fact]
    public void ACookieIsTakenOrTheKernelIsTooOld()
    {
        using var linked = new BpfLinks(BpfProgramType.RawTracepoint);
        try
        {
            Assert.Equal(77ul, Assert.Single(linked.Attach(new RawTracepointHook("sched_process_fork"), 77)).Cookie);
        }
        catch (KernelException e)
        {
            Assert.Contains("6.10", e.Advice, StringComparison.Ordinal);
            Assert.True(Environment.OSVersion.Version < new Version(6, 10));
        }
    }

    [Fact]
    public void AMisspeltNameIsCorrected()
    {
        using var linked = new BpfLinks(BpfProgramType.RawTracepoint);

        var e = Assert.Throws<TracepointNotFoundException>(() => linked.Attach(new RawTracepointHook("sched_swich")));

        Assert.Contains("sched_switch", e.Suggestions);
    }
}
