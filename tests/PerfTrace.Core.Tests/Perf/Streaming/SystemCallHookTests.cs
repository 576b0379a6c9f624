using System.Diagnostics;
using PerfTrace.Events;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Tests.Support;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Perf.Streaming;

public sealed class SystemCallHookTests
{
    private static readonly TracingDirectory Tracing = TracingDirectory.Open(SystemPaths.Default);

    private static readonly IReadOnlyList<EventFormat> Calls = [.. TracepointCatalogue.List(Tracing, static s => s == "syscalls").Select(static t => t.Format)];

    private static IReadOnlyList<TracepointRequest> All(string prefix, string? filter = null) =>
        [.. Calls.Where(f => f.Name.StartsWith(prefix, StringComparison.Ordinal)).Select(f => new TracepointRequest(f, filter))];

    private static IReadOnlyList<StreamedEvent> Plan(params IReadOnlyList<TracepointRequest> requests) => SystemCallHook.Plan(requests, SystemPaths.Default, null);

    [Fact]
    public void OneEventStandsForAllOfOneKind()
    {
        IReadOnlyList<TracepointRequest> enter = All("sys_enter_"), exit = All("sys_exit_");

        IReadOnlyList<StreamedEvent> planned = Plan([.. enter, .. exit, new TracepointRequest(FormatOf("sched:sched_switch"))]);

        // What the table of numbers has not, a call of a later kernel, has an event of its own.
        Assert.Equal(["raw_syscalls:sys_enter", "raw_syscalls:sys_exit"], planned.Where(static e => e.Calls is not null).Select(static e => e.Format.FullName));
        Assert.Contains(planned, static e => e is { Calls: null, Format.FullName: "sched:sched_switch" });
        Assert.Equal(enter.Count + exit.Count + 1, planned.Sum(static e => e.Count));
        Assert.InRange(planned.Count, 3, 20);
        Assert.All(planned, static e => Assert.Null(e.Filter));
    }

    [Fact]
    public void AFewAreOpenedEachForItself()
    {
        IReadOnlyList<TracepointRequest> few = [.. All("sys_enter_").Take(60)];

        Assert.All(Plan(few), static e => Assert.Null(e.Calls));
    }

    [Fact]
    public void OfAPartTheKernelFiltersTheNumbers()
    {
        IReadOnlyList<TracepointRequest> part = [.. All("sys_enter_").Where(static r => SystemCallTable.Current.NumberOf(r.Format.Name["sys_enter_".Length..]) is < 200 and not 1)];

        StreamedEvent planned = Assert.Single(Plan(part));

        Assert.Matches(@"^(id==0|\(id>=0&&id<=0\))\|\|\(id>=[23]&&id<=199\)$", planned.Filter);
        Assert.Equal(part.Count, planned.Count);
    }

    [Theory]
    [InlineData("common_pid == 4", true)]
    [InlineData("comm == \"cat fd\" && cpu < 3 || common_flags & 1", true)]
    [InlineData("fd == 3", false)]
    [InlineData("ret < 0", false)]
    [InlineData("cpu & CPUS{0}", false)]
    public void AFilterOnWhatAllHaveGoesWithIt(string filter, bool isShared)
    {
        IReadOnlyList<StreamedEvent> planned = Plan(All("sys_enter_", filter));

        Assert.Equal(isShared, planned.Any(static e => e.Calls is not null));
        // perf_event_open has a field of its own of the name cpu.
        Assert.All(planned.Where(static e => e.Calls is not null), e => Assert.EndsWith(e.Filter == filter ? filter : $"&&({filter})", e.Filter, StringComparison.Ordinal));
    }

    [Fact]
    public void TheResultIsWhatAllExitsHave()
    {
        StreamedEvent shared = Assert.Single(Plan(All("sys_exit_", "ret < 0")), static e => e.Calls is not null);

        Assert.Equal(("raw_syscalls:sys_exit", "ret < 0"), (shared.Format.FullName, shared.Filter));
    }

    [Fact]
    public void BesideTheRawEventItselfTheyCouldNotBeToldApart()
    {
        IReadOnlyList<StreamedEvent> planned = Plan([.. All("sys_enter_"), new TracepointRequest(FormatOf("raw_syscalls:sys_enter"))]);

        Assert.All(planned, static e => Assert.Null(e.Calls));
    }

    [Fact]
    public void TheEventsAreThoseOfTheCallsOwnTracepoints()
    {
        const int writes = 500;
        var dd = new CounterTarget.Command("dd", ["if=/dev/zero", "of=/dev/null", "bs=3", $"count={writes}", "status=none"], "/");
        List<TraceEvent> shared = Read([.. All("sys_enter_"), .. All("sys_exit_")], dd);
        List<TraceEvent> own = Read([.. Calls.Where(static f => f.Name is "sys_enter_write" or "sys_exit_write" or "sys_enter_read" or "sys_exit_read" or "sys_enter_close").Select(static f => new TracepointRequest(f))], dd);

        Assert.Equal(Group(own, own), Group(shared, own));
        // The same class, the same record, byte for byte but for the process's number.
        TraceEvent first = own.First(static e => e.EventName == "syscalls:sys_enter_write"), second = shared.First(static e => e.EventName == "syscalls:sys_enter_write");
        Assert.Same(first.GetType(), second.GetType());
        Assert.Equal(first.Message[..first.Message.IndexOf("buf", StringComparison.Ordinal)], second.Message[..second.Message.IndexOf("buf", StringComparison.Ordinal)]);
        Assert.Equal(first.GetRecord()[..4].ToArray(), second.GetRecord()[..4].ToArray());
        Assert.Equal(first.GetRecord().Length, second.GetRecord().Length);

        static string[] Group(List<TraceEvent> events, List<TraceEvent> like) =>
            [.. events.Where(e => like.Exists(l => l.EventName == e.EventName)).GroupBy(static e => e.EventName).OrderBy(static g => g.Key, StringComparer.Ordinal).Select(static g => $"{g.Key} {g.Count()}")];
    }

    // As the tracepoints of system calls themselves do: the numbers of 32-bit programs are others.
    [Fact]
    public void Programs32BitArePassedOver()
    {
        Assert.SkipUnless(KernelRelease.Machine == "x86_64", "The program is one of x86.");
        using var tree = new TemporaryTree();
        string program = tree["small"];
        File.WriteAllBytes(program, SmallProgram());
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.SkipUnless(Runs(program), "This kernel runs no 32-bit programs.");

        List<TraceEvent> events = Read([.. All("sys_enter_"), .. All("sys_exit_")], new CounterTarget.Command(program, [], "/"));

        // 20 is getpid there and writev here, 1 is exit there and write here; the end of its execve is seen as that of nothing, too.
        Assert.DoesNotContain(events, static e => e.EventName is "syscalls:sys_enter_writev" or "syscalls:sys_exit_writev" or "syscalls:sys_enter_write");
    }

    [Fact]
    public void ItEndsAtOnceAndLetsTheNextBegin()
    {
        var begun = Stopwatch.StartNew();
        using (TracepointStream stream = TracepointStream.Open(All("sys_enter_"), new CounterTarget.Cpus(new CpuTopology(SystemPaths.Default).Online), new TracepointStreamOptions()))
            Assert.NotEqual(0, stream.Fill(new TraceEvent[10]));
        List<TraceEvent> next = Read([new TracepointRequest(FormatOf("sched:sched_process_exec"))], new CounterTarget.Command("true", [], "/"));

        Assert.Single(next);
        // 13 seconds with an event for each.
        Assert.InRange(begun.Elapsed.TotalSeconds, 0, 5);
    }

    private static EventFormat FormatOf(string name) => TracepointCatalogue.Find(Tracing, name.Split(':')[0], name.Split(':')[1])!.Format;

    private static List<TraceEvent> Read(IReadOnlyList<TracepointRequest> requests, CounterTarget target)
    {
        using TracepointStream stream = TracepointStream.Open(requests, target, new TracepointStreamOptions());
        var all = new List<TraceEvent>();
        var batch = new TraceEvent[100];
        while (stream.Fill(batch) is > 0 and var count)
            all.AddRange(batch[..count]);
        Assert.Equal((0L, 0L), (stream.Summary.Lost, stream.Summary.Undecodable));
        return all;
    }

    private static bool Runs(string program)
    {
        try
        {
            using Process process = Process.Start(program);
            return process.WaitForExit(5000) && process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    // An ELF file for i386 of one segment: getpid(), exit(0).
    private static byte[] SmallProgram()
    {
        byte[] code = [0xb8, 20, 0, 0, 0, 0xcd, 0x80, 0xb8, 1, 0, 0, 0, 0x31, 0xdb, 0xcd, 0x80];
        const int @base = 0x08048000, header = 52, segment = 32, entry = header + segment;
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write([0x7f, (byte)'E', (byte)'L', (byte)'F', 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        writer.Write((short)2); // an executable
        writer.Write((short)3); // of i386
        writer.Write(1);
        writer.Write(@base + entry);
        writer.Write(header);
        writer.Write(0);
        writer.Write(0);
        writer.Write((short)header);
        writer.Write((short)segment);
        writer.Write((short)1);
        writer.Write((short)0);
        writer.Write((short)0);
        writer.Write((short)0);
        writer.Write(1); // PT_LOAD
        writer.Write(0);
        writer.Write(@base);
        writer.Write(@base);
        writer.Write(entry + code.Length);
        writer.Write(entry + code.Length);
        writer.Write(5); // read, execute
        writer.Write(0x1000);
        writer.Write(code);
        return bytes.ToArray();
    }
}
