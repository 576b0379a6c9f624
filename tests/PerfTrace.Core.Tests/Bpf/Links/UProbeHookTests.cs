using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Symbols;
using PerfTrace.Tests.Support;
using PerfTrace.Tests.Tracing.Probes;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Bpf.Links;

/// <summary>uprobes, their returns and USDT probes, in a program that calls <c>work</c> three times.</summary>
public sealed class UProbeHookTests : IDisposable
{
    private readonly TemporaryTree _tree = new();
    private readonly string _program;

    public UProbeHookTests()
    {
        Assert.SkipUnless(TracedProgram.CanRun, "The traced program is for x86-64.");
        _program = TracedProgram.WriteTo(_tree["traced"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TheProgramRunsAtEachCall(bool isReturn)
    {
        using var linked = new BpfLinks(BpfProgramType.KProbe);
        BpfLink link = Assert.Single(linked.Attach(UProbeHook.Find(_program, "work", isReturn)));

        Assert.Equal((BpfLinkType.PerfEvent, isReturn ? BpfPerfEventKind.URetProbe : BpfPerfEventKind.UProbe, _program), (link.Type, link.PerfEvent ?? default, link.Target));
        Assert.Equal(3ul, linked.Count(() => Run(6)));
        linked.Detach();
        linked.AssertIsOff(() => Run(6));
    }

    [Fact]
    public void AUsdtProbeAndItsSemaphoreAreOnWhileTheLinkIsThere()
    {
        UsdtProbe probe = Assert.Single(UsdtSources.OfFile(_program));
        using var linked = new BpfLinks(BpfProgramType.KProbe);
        linked.Attach(UProbeHook.Of(probe));

        // The program adds its semaphore to its exit status.
        Assert.Equal(3ul, linked.Count(() => Run(7)));
        linked.Detach();
        linked.AssertIsOff(() => Command.Run(_program, []));
        Run(6);
    }

    [Fact]
    public void AnotherProcessIsLeftAlone()
    {
        using var linked = new BpfLinks(BpfProgramType.KProbe);
        linked.Attach(UProbeHook.Find(_program, "work", isReturn: false, Environment.ProcessId));

        Assert.Equal(0ul, linked.Count(() => Run(6)));
    }

    [Fact]
    public void ManyPlacesAreOneLink()
    {
        using var linked = new BpfLinks(BpfProgramType.KProbe, BpfAttachType.TraceUProbeMulti);
        ulong work = UProbeResolver.Resolve(_program, "work", isReturn: false).Offset;
        BpfLink link = Assert.Single(linked.Attach(new UProbeMultiHook(_program, [(work, 0), (work + 3, 0)], IsReturn: false), 5));

        Assert.Equal((BpfLinkType.UProbeMulti, _program), (link.Type, link.Target));
        Assert.Equal([(work, 5ul), (work + 3, 5ul)], link.Place.Select(p => (p.Address, p.Cookie)).Order());
        Assert.Equal(6ul, linked.Count(() => Run(6)));
        linked.Detach();
        linked.AssertIsOff(() => Run(6));
    }

    [Fact]
    public void BadPlacesAreTold()
    {
        using var linked = new BpfLinks(BpfProgramType.KProbe);

        Assert.Throws<SymbolNotFoundException>(() => UProbeHook.Find(_program, "wrok", isReturn: false));
        var gone = Assert.Throws<KernelTargetGoneException>(() => linked.Attach(UProbeHook.Find(_program, "work", isReturn: false, int.MaxValue)));
        Assert.Contains($"process {int.MaxValue}", gone.Summary, StringComparison.Ordinal);
        var single = Assert.ThrowsAny<KernelException>(() => linked.Attach(new UProbeMultiHook(_program, [(0x1000, 0)], IsReturn: false)));
        Assert.Contains("uprobe.multi", single.Advice, StringComparison.Ordinal);
    }

    public void Dispose() => _tree.Dispose();

    private void Run(int status) => Assert.Equal(status, Command.Run(_program, []).ExitCode);
}
