using System.Diagnostics;
using PerfTrace.Bpf;
using PerfTrace.Commands;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tests.Support;
using PerfTrace.Tests.Tracing.Probes;

namespace PerfTrace.Tests.Bpf;

/// <summary>Links of each kind run their program, until the module is removed or the session is killed.</summary>
[Collection(CmdletCollection.Name)]
public sealed class BpfLinkLifetimeTests : CmdletFixture, IDisposable
{
    private const ulong Calls = 50;

    private readonly BpfPrograms _programs = new();
    private readonly TemporaryTree _tree = new();
    private readonly string _traced;

    public BpfLinkLifetimeTests()
    {
        Assert.SkipUnless(TracedProgram.CanRun, "The traced program, and the names of the functions, are for x86-64.");
        _traced = TracedProgram.WriteTo(_tree["traced"]);
    }

    public void Dispose()
    {
        ModuleResources.ReleaseAll();
        _programs.Dispose();
        _tree.Dispose();
    }

    [Theory]
    [InlineData("tracepoint")]
    [InlineData("raw tracepoint")]
    [InlineData("perf event")]
    [InlineData("uprobe")]
    [InlineData("uretprobe")]
    [InlineData("usdt")]
    public void ALinkGoesWithTheModule(string kind) => CheckModule(kind);

    [Theory]
    [InlineData("tracepoint")]
    [InlineData("raw tracepoint")]
    [InlineData("perf event")]
    [InlineData("uprobe")]
    [InlineData("uretprobe")]
    [InlineData("usdt")]
    public void ALinkGoesWithAKilledSession(string kind) => CheckKilled(kind);

    [Theory]
    [Trait("Machine", "Guest")]
    [InlineData("kprobe")]
    [InlineData("kretprobe")]
    [InlineData("kprobe.multi")]
    [InlineData("fentry")]
    [InlineData("fexit")]
    public void ALinkInTheKernelGoesWithTheModule(string kind) => CheckModule(kind);

    [Theory]
    [Trait("Machine", "Guest")]
    [InlineData("kprobe")]
    [InlineData("fentry")]
    [InlineData("fexit")]
    public void ALinkInTheKernelGoesWithAKilledSession(string kind) => CheckKilled(kind);

    private void CheckModule(string kind)
    {
        (BpfProgram program, string place, ulong least) = Prepare(kind);
        Assert.NotEmpty(Run($"New-BpfLink {program.Id} {place}").Objects);
        Assert.InRange(Count(), least, ulong.MaxValue);

        ModuleResources.ReleaseAll(); // what Remove-Module does

        AssertGone(program);
    }

    private void CheckKilled(string kind)
    {
        (BpfProgram program, string place, ulong least) = Prepare(kind);
        using Process session = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "perftrace"),
            [$"New-BpfLink {program.Id} {place} | Get-BpfProgram | Measure-BpfProgram -Duration 300"]) { RedirectStandardOutput = true })!;
        try
        {
            var clock = Stopwatch.StartNew();
            while (!HasLink(program) || Count() < least)
            {
                Assert.False(session.HasExited, "The session ended.");
                Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), "The program did not run within a minute.");
                Thread.Sleep(20);
            }
        }
        finally
        {
            session.Kill(); // SIGKILL
            session.WaitForExit();
        }
        AssertGone(program);
    }

    // The program, where it goes, and how often it runs at least while Work is done.
    private (BpfProgram Program, string Place, ulong Least) Prepare(string kind) => kind switch
    {
        "tracepoint" => (_programs.Load(BpfProgramType.Tracepoint), "-Tracepoint syscalls:sys_enter_kill", Calls),
        "raw tracepoint" => (_programs.Load(BpfProgramType.RawTracepoint), "-RawTracepoint sys_enter", Calls),
        "perf event" => (_programs.Load(BpfProgramType.PerfEvent), "-PerfEvent cpu-clock -Frequency 1000", 20),
        "uprobe" => (_programs.Load(BpfProgramType.KProbe), $"-UProbe {_traced}:work", 3),
        "uretprobe" => (_programs.Load(BpfProgramType.KProbe), $"-UProbe {_traced}:work -Return", 3),
        "usdt" => (_programs.Load(BpfProgramType.KProbe), $"-Usdt {_traced}:app:worked", 3),
        "kprobe" => (_programs.Load(BpfProgramType.KProbe), "-KProbe __x64_sys_kill", Calls),
        "kretprobe" => (_programs.Load(BpfProgramType.KProbe), "-KProbe __x64_sys_kill -Return", Calls),
        "kprobe.multi" => (_programs.Load(BpfProgramType.KProbe, attachType: BpfAttachType.TraceKProbeMulti), "-KProbe '__x64_sys_*kill'", Calls),
        "fentry" => (LoadTracing(BpfAttachType.TraceFEntry), "", Calls),
        "fexit" => (LoadTracing(BpfAttachType.TraceFExit), "", Calls),
        _ => throw new ArgumentException(kind),
    };

    private BpfProgram LoadTracing(BpfAttachType type) =>
        _programs.Load(BpfProgramType.Tracing, attachType: type, attachTypeId: BtfTypes.Kernel.Find("__x64_sys_kill", BtfKind.Function)!.Id);

    // The counter is of the test, so that it tells of a program whose session is dead, too. The listing loses a link a moment before its hook is free.
    private void AssertGone(BpfProgram program)
    {
        Assert.True(SpinWait.SpinUntil(() => !HasLink(program), TimeSpan.FromSeconds(10)), "The link is still there.");
        Assert.True(SpinWait.SpinUntil(() => Count() == 0, TimeSpan.FromSeconds(10)), "The program still runs.");
    }

    private static bool HasLink(BpfProgram program) => BpfLink.ReadAll().Any(l => l.ProgramId == program.Id);

    private ulong Count()
    {
        ulong before = _programs.Counter.Value;
        Work();
        return _programs.Counter.Value - before;
    }

    // What each of the kinds sees something of.
    private void Work()
    {
        for (ulong i = 0; i < Calls; i++)
            NativeMethods.Kill(Environment.ProcessId, 0);
        using (Process traced = Process.Start(_traced))
            traced.WaitForExit();
        for (long end = Environment.TickCount64 + 100; Environment.TickCount64 < end;)
            Thread.SpinWait(1000);
    }
}
