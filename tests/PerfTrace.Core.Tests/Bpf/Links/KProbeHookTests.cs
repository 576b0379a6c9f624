using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tests.Support;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Bpf.Links;

/// <summary>kprobes, their returns, many with one call, and fentry and fexit.</summary>
public sealed class KProbeHookTests
{
    private const ulong Calls = 50;

    [Theory]
    [Trait("Machine", "Guest")]
    [InlineData(false)]
    [InlineData(true)]
    public void AKProbeRunsUntilTheLinkIsDisposedOf(bool isReturn)
    {
        using var linked = new BpfLinks(BpfProgramType.KProbe);
        BpfLink link = Assert.Single(linked.Attach(new KProbeHook("__x64_sys_kill", 0, isReturn)));

        Assert.Equal(BpfLinkType.PerfEvent, link.Type);
        Assert.InRange(linked.Count(Call), Calls, ulong.MaxValue);
        linked.Detach();
        linked.AssertIsOff(Call);
    }

    [Fact]
    [Trait("Machine", "Guest")]
    public void BadPlacesOfKProbesAreTold()
    {
        using var linked = new BpfLinks(BpfProgramType.KProbe);

        var unknown = Assert.Throws<KernelFunctionNotFoundException>(() => linked.Attach(new KProbeHook("vfs_raed", 0, IsReturn: false)));
        Assert.Contains("vfs_read", unknown.Suggestions);
        Assert.Throws<ProbePlaceException>(() => linked.Attach(new KProbeHook("vfs_read", 1, IsReturn: false)));
        Assert.ThrowsAny<Exception>(() => linked.Attach(new KProbeHook("kprobe_register", 0, IsReturn: false)));
    }

    [Theory]
    [Trait("Machine", "Guest")]
    [InlineData(false)]
    [InlineData(true)]
    public void ManyFunctionsAreOneLink(bool isReturn)
    {
        using var linked = new BpfLinks(BpfProgramType.KProbe, BpfAttachType.TraceKProbeMulti);
        BpfLink link = Assert.Single(linked.Attach(KProbeMultiHook.Find("__x64_sys_*kill", static n => n.StartsWith("__x64_sys_", StringComparison.Ordinal) && n.EndsWith("kill", StringComparison.Ordinal), isReturn), 9));

        Assert.Equal(BpfLinkType.KProbeMulti, link.Type);
        Assert.InRange(linked.Count(Call), Calls, ulong.MaxValue);
        linked.Detach();
        linked.AssertIsOff(Call);
    }

    [Theory]
    [Trait("Machine", "Guest")]
    [InlineData(BpfAttachType.TraceFEntry, 0)]
    [InlineData(BpfAttachType.TraceFExit, 0)]
    [InlineData(BpfAttachType.TraceFEntry, 3)]
    [InlineData(BpfAttachType.TraceFExit, 4)]
    public void ATracingProgramRunsAtItsFunction(BpfAttachType attachType, int cookie)
    {
        uint function = BtfTypes.Kernel.Find("__x64_sys_kill", BtfKind.Function)!.Id;
        using var linked = new BpfLinks(BpfProgramType.Tracing, attachType, function);
        BpfHook hook = BpfHooks.DefaultFor(linked.Program);
        BpfLink link = Assert.Single(linked.Attach(hook, cookie == 0 ? null : (ulong)cookie));

        Assert.Equal((BpfLinkType.Tracing, "__x64_sys_kill"), (link.Type, link.Target));
        Assert.Equal("function __x64_sys_kill", hook.ToString());
        Assert.InRange(linked.Count(Call), Calls, ulong.MaxValue);
        linked.Detach();
        linked.AssertIsOff(Call);
    }

    [Fact]
    public void AKernelWithoutKProbesIsTold()
    {
        Assert.SkipWhen(Directory.Exists("/sys/bus/event_source/devices/kprobe"), "This kernel has kprobes.");
        using var linked = new BpfLinks(BpfProgramType.KProbe);

        Assert.Contains("CONFIG_KPROBE_EVENTS", Assert.Throws<KernelFeatureException>(() => linked.Attach(new KProbeHook("vfs_read", 0, IsReturn: false))).Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void AnIteratorGoesThroughTheTasks()
    {
        uint function = BtfTypes.Kernel.Find("bpf_iter_task", BtfKind.Function)!.Id;
        using var linked = new BpfLinks(BpfProgramType.Tracing, BpfAttachType.TraceIterator, function);

        Assert.Equal(BpfLinkType.Iterator, Assert.Single(linked.Attach(BpfHooks.DefaultFor(linked.Program))).Type);
    }

    private static void Call()
    {
        for (ulong i = 0; i < Calls; i++)
            NativeMethods.Kill(Environment.ProcessId, 0);
    }
}
