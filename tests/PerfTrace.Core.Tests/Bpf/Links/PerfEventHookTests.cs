using System.IO.MemoryMappedFiles;
using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Perf;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Bpf.Links;

public sealed class PerfEventHookTests
{
    private static readonly PerfEventHook.SampleRate Thousand = new(1000, IsFrequency: true);

    [Fact]
    public void TheProgramRunsAtEachSampleOfTheSoftwareClock()
    {
        using var linked = new BpfLinks(BpfProgramType.PerfEvent);
        IReadOnlyList<BpfLink> links = linked.Attach(PerfEventHook.Find("cpu-clock", Thousand));

        Assert.Equal(Measurement.Online.Count, links.Count);
        Assert.All(links, l => Assert.Equal((BpfLinkType.PerfEvent, linked.Program.Id), (l.Type, l.ProgramId)));
        // One CPU at least is busy.
        Assert.InRange(linked.Count(static () => Spin(300)), 100ul, (ulong)(2000 * links.Count));
        linked.Detach();
        linked.AssertIsOff(static () => Spin(50));
    }

    [Fact]
    public void AllThreadsOfAProcessAreSampled()
    {
        using var linked = new BpfLinks(BpfProgramType.PerfEvent);
        IReadOnlyList<BpfLink> links = linked.Attach(PerfEventHook.Find("page-faults", new PerfEventHook.SampleRate(1, IsFrequency: false), processId: Environment.ProcessId));

        Assert.InRange(links.Count, 2, 1000);
        Assert.InRange(linked.Count(Touch), 64ul, ulong.MaxValue);
        Assert.Throws<KernelTargetGoneException>(() => linked.Attach(PerfEventHook.Find("page-faults", Thousand, processId: int.MaxValue)));
    }

    [Fact]
    public void AnUnknownEventIsToldBeforeAnything() =>
        Assert.Contains("cpu-clock", Assert.Throws<UnknownEventException>(() => PerfEventHook.Find("cpu-clok", Thousand)).Message, StringComparison.Ordinal);

    [Fact]
    public void ALinkThatFailsTakesTheOthersAlong()
    {
        using var linked = new BpfLinks(BpfProgramType.PerfEvent);

        Assert.ThrowsAny<KernelException>(() => linked.Attach(PerfEventHook.Find("cpu-clock", Thousand, [0, 100_000])));

        Assert.DoesNotContain(BpfLink.ReadAll(), l => l.ProgramId == linked.Program.Id);
    }

    private static void Spin(int milliseconds)
    {
        long end = Environment.TickCount64 + milliseconds;
        while (Environment.TickCount64 < end)
            Thread.SpinWait(1000);
    }

    // Memory that is new to the process, whatever the allocator keeps: each page faults.
    private static void Touch()
    {
        const int Pages = 64 * 64;
        using var memory = MemoryMappedFile.CreateNew(null, Pages << 12);
        using MemoryMappedViewAccessor view = memory.CreateViewAccessor();
        for (int i = 0; i < Pages; i++)
            view.Write(i << 12, (byte)1);
    }
}
