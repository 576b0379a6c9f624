using System.Globalization;
using System.Management.Automation;
using PerfTrace.Bpf;
using PerfTrace.Commands;
using PerfTrace.Host;
using PerfTrace.Interop;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Bpf;

/// <summary>New-BpfLink, Remove-BpfLink and Update-BpfLink.</summary>
[Collection(CmdletCollection.Name)]
public sealed class BpfLinkCommandTests : CmdletFixture, IDisposable
{
    private const ulong Calls = 50;

    private readonly BpfPrograms _programs = new();

    public void Dispose()
    {
        // What a test has left the session lets go, as Remove-Module does.
        ModuleResources.ReleaseAll();
        _programs.Dispose();
    }

    [Fact]
    public void ALinkIsMadeAndRemovedByItsId()
    {
        BpfProgram program = _programs.Load(BpfProgramType.Tracepoint, "cmdlet_linked");

        BpfLink link = Single<BpfLink>("Get-BpfProgram cmdlet_linked | New-BpfLink -Tracepoint syscalls:sys_enter_kill -Cookie 5");

        Assert.Equal((program.Id, true), (link.ProgramId, link.IsOwned));
        Assert.InRange(CountCalls(), Calls, ulong.MaxValue);
        Run($"Remove-BpfLink {link.Id}");
        Assert.Null(Settled(link.Id));
        Assert.False(link.IsOwned);
        AssertIsOff();
    }

    [Fact]
    public void LinksGoWithTheModule()
    {
        _programs.Load(BpfProgramType.Tracepoint, "cmdlet_module");
        BpfLink link = Single<BpfLink>("New-BpfLink cmdlet_module syscalls:sys_enter_kill");
        int held = ModuleResources.Count;
        Assert.True(held > 0);

        ModuleResources.ReleaseAll();

        Assert.Null(Settled(link.Id));
        AssertIsOff();
    }

    [Fact]
    public void APinnedLinkStaysUntilItIsRemoved()
    {
        Assert.SkipUnless(Directory.Exists("/sys/fs/bpf") && File.ReadAllText("/proc/mounts").Contains(" /sys/fs/bpf bpf ", StringComparison.Ordinal), "bpffs is not mounted.");
        string path = $"/sys/fs/bpf/perftrace_test_{Environment.ProcessId}";
        _programs.Load(BpfProgramType.Tracepoint, "cmdlet_pinned");
        try
        {
            BpfLink link = Single<BpfLink>($"New-BpfLink cmdlet_pinned syscalls:sys_enter_kill -Pin {path}");
            ModuleResources.ReleaseAll();
            Assert.InRange(CountCalls(), Calls, ulong.MaxValue);

            Run($"Remove-BpfLink {path}");

            Assert.False(File.Exists(path));
            Assert.Null(Settled(link.Id));
            AssertIsOff();
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void AnEventHasALinkOnEachCpu()
    {
        BpfProgram program = _programs.Load(BpfProgramType.PerfEvent, "cmdlet_event");

        BpfLink[] links = [.. Run("New-BpfLink cmdlet_event -PerfEvent cpu-clock -Frequency 500").Objects.Cast<BpfLink>()];

        Assert.Equal(Environment.ProcessorCount, links.Length);
        ulong before = _programs.Counter.Value;
        long end = Environment.TickCount64 + 200;
        while (Environment.TickCount64 < end)
            Thread.SpinWait(1000);
        Assert.InRange(_programs.Counter.Value - before, 10ul, ulong.MaxValue);
        Run($"Get-BpfProgram cmdlet_event | Get-BpfLink | Remove-BpfLink");
        Assert.DoesNotContain(BpfLink.ReadAll(), l => l.ProgramId == program.Id && Settled(l.Id) is not null);
    }

    [Fact]
    public void AUProbeOfAProcessFires()
    {
        string libc = File.ReadLines("/proc/self/maps").Select(l => l[(l.LastIndexOf(' ') + 1)..]).First(p => p.Contains("/libc.so", StringComparison.Ordinal) || p.Contains("/libc-2", StringComparison.Ordinal));
        _programs.Load(BpfProgramType.KProbe, "cmdlet_uprobe");

        Run($"New-BpfLink cmdlet_uprobe -UProbe {libc}:kill -ProcessId {Environment.ProcessId}");

        Assert.Equal(Calls, CountCalls());
    }

    [Fact]
    [Trait("Machine", "Guest")]
    public void FunctionsOfTheKernelAreOneLinkOrMany()
    {
        _programs.Load(BpfProgramType.KProbe, "cmdlet_kprobe");
        _programs.Load(BpfProgramType.KProbe, "cmdlet_multi", BpfAttachType.TraceKProbeMulti);

        Assert.Equal(2, Run("New-BpfLink cmdlet_kprobe -KProbe __x64_sys_kill,__x64_sys_tkill").Objects.Count);
        Assert.InRange(CountCalls(), Calls, ulong.MaxValue);
        Run("Get-BpfProgram cmdlet_kprobe | Get-BpfLink | Remove-BpfLink");
        Assert.Equal(BpfLinkType.KProbeMulti, Single<BpfLink>("New-BpfLink cmdlet_multi -KProbe '__x64_sys_*kill' -Return").Type);
        Assert.InRange(CountCalls(), Calls, ulong.MaxValue);
        Fail("New-BpfLink cmdlet_kprobe -KProbe vfs_raed", "KernelFunctionNotFound", ErrorCategory.ObjectNotFound);
        Fail("New-BpfLink cmdlet_kprobe -KProbe no_such_f* ", "KernelFunctionNotFound", ErrorCategory.ObjectNotFound);
    }

    [Fact]
    public void AnInterfacesProgramIsExchanged()
    {
        BpfProgram first = _programs.Load(BpfProgramType.Xdp, "cmdlet_first", result: 2), second = _programs.Load(BpfProgramType.Xdp, "cmdlet_second", result: 2);
        BpfLink link = Single<BpfLink>("New-BpfLink cmdlet_first -Interface lo -XdpMode Generic");

        Assert.Contains($"that is {first.Id}", Fail($"Update-BpfLink {link.Id} cmdlet_second -OldProgram cmdlet_second", "AccessDenied", ErrorCategory.PermissionDenied).ErrorDetails!.RecommendedAction,
            StringComparison.Ordinal);
        Assert.Empty(Host.Run($"Update-BpfLink {link.Id} cmdlet_second -PassThru -WhatIf").Objects);
        Assert.Equal(second.Id, Single<BpfLink>($"Update-BpfLink {link.Id} cmdlet_second -OldProgram cmdlet_first -PassThru").ProgramId);
        Fail("New-BpfLink cmdlet_first -Interface lo -XdpMode Generic", "Busy", ErrorCategory.ResourceBusy);
        Run("Remove-BpfLink lo");
        Assert.Null(Settled(link.Id));
    }

    [Theory]
    [InlineData("New-BpfLink cmdlet_bad -Tracepoint sched:sched_swich", "TracepointNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("New-BpfLink cmdlet_bad -RawTracepoint sched_switch", "InvalidBpfHook", ErrorCategory.InvalidArgument)]
    [InlineData("New-BpfLink cmdlet_bad -Interface lo", "InvalidBpfHook", ErrorCategory.InvalidArgument)]
    [InlineData("New-BpfLink cmdlet_bad -Interface nosuch0", "InvalidBpfHook", ErrorCategory.InvalidArgument)]
    [InlineData("New-BpfLink cmdlet_xdp -Interface nosuch0", "InterfaceNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("New-BpfLink cmdlet_bad", "InvalidBpfHook", ErrorCategory.InvalidArgument)]
    [InlineData("New-BpfLink cmdlet_xdp -CGroup no/such/group", "NotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("New-BpfLink cmdlet_xdp -PerfEvent cpu-clok", "EventNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("New-BpfLink cmdlet_xdp -UProbe /no/such/file:main", "FileNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("New-BpfLink cmdlet_xdp -UProbe libc", "InvalidProbe", ErrorCategory.InvalidArgument)]
    [InlineData("New-BpfLink cmdlet_xdp -KProbe vfs_read+x", "InvalidProbe", ErrorCategory.InvalidArgument)]
    [InlineData("New-BpfLink cmdlet_xdp -PerfEvent cpu-clock -Period 1 -Frequency 1", "ContradictoryParameters", ErrorCategory.InvalidArgument)]
    [InlineData("Remove-BpfLink 4000000000", "BpfObjectGone", ErrorCategory.ObjectNotFound)]
    [InlineData("Update-BpfLink 4000000000 cmdlet_xdp", "BpfObjectGone", ErrorCategory.ObjectNotFound)]
    public void BadInputIsASpecificErrorAndLeavesNothing(string line, string id, ErrorCategory category)
    {
        uint[] programs = [_programs.Load(BpfProgramType.Tracepoint, "cmdlet_bad").Id, _programs.Load(BpfProgramType.Xdp, "cmdlet_xdp", result: 2).Id];

        Fail(line, id, category);

        Assert.DoesNotContain(BpfLink.ReadAll(), l => programs.Contains(l.ProgramId));
    }

    [Fact]
    public void OneBadPlaceLetsTheOthersGoOn()
    {
        _programs.Load(BpfProgramType.Tracepoint, "cmdlet_places");

        HostResult result = Host.Run("New-BpfLink cmdlet_places -Tracepoint no:such,syscalls:sys_enter_kill");

        Assert.Single(result.Errors);
        Assert.IsType<BpfLink>(Assert.Single(result.Objects));
        Assert.Empty(Host.Run("New-BpfLink cmdlet_places syscalls:sys_enter_kill -WhatIf").Objects);
    }

    private ulong CountCalls()
    {
        ulong before = _programs.Counter.Value;
        for (ulong i = 0; i < Calls; i++)
            NativeMethods.Kill(Environment.ProcessId, 0);
        return _programs.Counter.Value - before;
    }

    // A link's id goes a moment before the kernel frees its hook.
    private void AssertIsOff() => Assert.True(SpinWait.SpinUntil(() => CountCalls() == 0, TimeSpan.FromSeconds(10)), "The program still runs.");

    private static BpfLink? Settled(uint id)
    {
        for (int i = 0; i < 200 && BpfLink.Read(id) is not null; i++)
            Thread.Sleep(20);
        return BpfLink.Read(id);
    }
}
