using System.Diagnostics;
using System.Runtime.CompilerServices;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Perf.Counting;

/// <summary>Counting threads, processes, CPUs and control groups on this machine.</summary>
public class TargetCountingTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(100);

    [Theory]
    [InlineData("w", 1000, 1000)]
    [InlineData("rw", 1000, 1000)]
    [InlineData("w", 0, 0)]
    [InlineData("w", 12345, 12345)]
    public unsafe void ABreakpointCountsEachAccess(string access, int writes, long expected)
    {
        byte[] pinned = GC.AllocateArray<byte>(64, pinned: true);
        byte* address = (byte*)Unsafe.AsPointer(ref pinned[8]);
        using CounterSession session = new Measurement($"mem:0x{(ulong)address:x}/1:{access}:u", new CounterTarget.CallingThread()).Session();

        Assert.Empty(session.Begin());
        for (int i = 0; i < writes; i++)
            Volatile.Write(ref *address, (byte)i);
        PerfCounter counter = Assert.Single(session.End());

        Assert.Equal((CounterStatus.Counted, expected), (counter.Status, counter.Value!.Value));
        Assert.Equal(SystemCalls.GetThreadId(), counter.ThreadId);
    }

    [Fact]
    public void MoreBreakpointsThanRegistersAreAProblemAndTheRestGoesOn()
    {
        // x86-64 has four registers, ARM64 at most sixteen.
        string many = string.Join(',', Enumerable.Range(1, 20).Select(static i => $"mem:0x{i}000:w:u"));
        var counting = new Measurement(many, new CounterTarget.CallingThread());
        using CounterSession session = counting.Session();

        session.Begin();
        IReadOnlyList<PerfCounter> counters = session.End();

        Assert.InRange(counters.Count, 1, 16);
        Assert.All(counters, static c => Assert.Equal((CounterStatus.Counted, 0L), (c.Status, c.Value!.Value)));
        Assert.Equal(20, counters.Count + counting.Problems.Count);
        Assert.All(counting.Problems, static p =>
        {
            Assert.Equal(("PmuBusy", Errno.ENOSPC), (p.Id, Assert.IsType<KernelResourceException>(p.Cause).Errno));
            Assert.Contains("breakpoint registers", p.Cause.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void TheCallingThreadAloneIsCounted()
    {
        using CounterSession session = new Measurement("task-clock", new CounterTarget.CallingThread(), new CounterOptions { Inherit = false }).Session();

        session.Begin();
        Thread.Sleep(50);
        PerfCounter counter = Assert.Single(session.End());

        Assert.InRange(counter.Value!.Value, 0, 40_000_000);
        Assert.Equal(Environment.ProcessId, counter.ProcessId);
    }

    [Fact]
    public void AProcessIsCountedWithItsThreadsUntilItEnds()
    {
        using Process busy = Process.Start("sh", ["-c", "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; sleep 0.3"]);
        long start = Stopwatch.GetTimestamp();

        PerfCounter counter = Measurement.One("task-clock", new CounterTarget.Processes([busy.Id]));

        Assert.True(busy.WaitForExit(100), "The measurement ended before the process did.");
        Assert.Equal((busy.Id, "sh", CounterStatus.Counted), (counter.ProcessId!.Value, counter.CommandName, counter.Status));
        Assert.InRange(counter.Value!.Value, 1_000_000, (long)Stopwatch.GetElapsedTime(start).TotalNanoseconds * 2);
    }

    [Fact]
    public void SeveralProcessesAreSeveralResults()
    {
        using Process first = Process.Start("sleep", "30"), second = Process.Start("sleep", "30");
        try
        {
            PerfCounter[] counters = new Measurement("context-switches", new CounterTarget.Processes([first.Id, second.Id]), new CounterOptions { Duration = Short }).Run();

            Assert.Equal([first.Id, second.Id], counters.Select(static c => c.ProcessId!.Value));
        }
        finally
        {
            first.Kill();
            second.Kill();
        }
    }

    [Fact]
    public void PerThreadEachThreadIsAResult()
    {
        PerfCounter[] counters = new Measurement("task-clock", new CounterTarget.Processes([Environment.ProcessId]),
            new CounterOptions { Duration = Short, Aggregation = CounterAggregation.Thread }).Run();

        Assert.True(counters.Length > 1);
        Assert.Equal(counters.Length, counters.Select(static c => c.ThreadId).Distinct().Count());
        Assert.All(counters, static c => Assert.True(c is { ThreadId: not null, CommandName: not null } && c.ProcessId == Environment.ProcessId));
    }

    [Fact]
    public void WhoIsNotThereIsAProblemAndTheRestGoesOn()
    {
        const int Nobody = 0x3ffffff;
        var counting = new Measurement("task-clock", new CounterTarget.Processes([Nobody, Environment.ProcessId]), new CounterOptions { Duration = Short });
        var alone = new Measurement("task-clock", new CounterTarget.Processes([Nobody]));
        var thread = new Measurement("task-clock", new CounterTarget.Threads([Nobody]));

        Assert.Equal(Environment.ProcessId, Assert.Single(counting.Run()).ProcessId);
        Assert.Empty(alone.Run());
        Assert.Empty(thread.Run());

        foreach ((Measurement each, string id) in new[] { (counting, "ProcessNotFound"), (alone, "ProcessNotFound"), (thread, "ThreadNotFound") })
        {
            CounterProblem problem = Assert.Single(each.Problems);
            Assert.Equal((id, (object)Nobody, Errno.ESRCH), (problem.Id, problem.Target, Assert.IsType<KernelTargetGoneException>(problem.Cause).Errno));
        }
    }

    [Fact]
    public void CpusAreCountedOneByOneOrTogether()
    {
        CpuSet online = Measurement.Online;
        var target = new CounterTarget.Cpus(online);

        PerfCounter[] each = new Measurement("cpu-clock", target, new CounterOptions { Duration = Short, Aggregation = CounterAggregation.Cpu }).Run();
        PerfCounter all = Measurement.One("cpu-clock", target, new CounterOptions { Duration = Short });

        Assert.Equal(online, each.Select(static c => c.Cpu!.Value));
        Assert.All(each, static c => Assert.InRange(c.Value!.Value, 95_000_000, 300_000_000));
        Assert.InRange(all.Value!.Value, 95_000_000L * online.Count, 300_000_000L * online.Count);
        Assert.InRange(all.MetricValue!.Value, online.Count * 0.9, online.Count * 1.1);
    }

    [Theory]
    [InlineData(CounterAggregation.Core)]
    [InlineData(CounterAggregation.Socket)]
    public void CoresAndSocketsAreSumsOfTheirCpus(CounterAggregation aggregation)
    {
        var topology = new CpuTopology(SystemPaths.Default);
        int groups = Measurement.Online.Select(cpu => (topology.SocketOf(cpu), aggregation == CounterAggregation.Core ? topology.CoreOf(cpu) : 0)).Distinct().Count();

        PerfCounter[] counters = new Measurement("cpu-clock", new CounterTarget.Cpus(Measurement.Online), new CounterOptions { Duration = Short, Aggregation = aggregation }).Run();

        Assert.Equal(groups, counters.Length);
        Assert.InRange(counters.Sum(static c => c.Value!.Value), 95_000_000L * Measurement.Online.Count, 300_000_000L * Measurement.Online.Count);
        Assert.All(counters, c => Assert.Equal((aggregation == CounterAggregation.Core, true, false), (c.Core is not null, c.Socket is not null, c.Cpu is not null)));
    }

    [Fact]
    public void ACommandPerCpuHasARowForEach()
    {
        PerfCounter[] counters = new Measurement("task-clock", Measurement.Command("true"), new CounterOptions { Aggregation = CounterAggregation.Cpu }).Run();

        Assert.Equal(Measurement.Online, counters.Select(static c => c.Cpu!.Value));
        Assert.Contains(counters, static c => c is { Status: CounterStatus.Counted, Value: > 0 });
        Assert.All(counters, static c => Assert.Equal(c.Status == CounterStatus.Counted, c.Value is not null));
    }

    [Fact]
    public void AControlGroupThatIsNotThereIsAProblem()
    {
        Assert.True(ControlGroup.FindHierarchy(SystemPaths.Default) is not null, "No cgroup file system is mounted: mount -t cgroup2 none /sys/fs/cgroup");
        var counting = new Measurement("task-clock", new CounterTarget.CGroups(["no/such/group", "/"], Measurement.Online), new CounterOptions { Duration = Short });
        // Something that counts, where the machine has nothing else to do.
        using var busy = new CancellationTokenSource();
        var work = new Thread(() =>
        {
            while (!busy.IsCancellationRequested)
                Thread.SpinWait(1000);
        });
        work.Start();

        PerfCounter counter = Assert.Single(counting.Run());
        busy.Cancel();
        work.Join();

        Assert.Equal("/", counter.CGroup);
        Assert.True(counter.Value > 0);
        CounterProblem problem = Assert.Single(counting.Problems);
        Assert.Equal(("CGroupNotFound", (object)"no/such/group"), (problem.Id, problem.Target));
    }

    [Fact]
    public void CancellingAndDurationStopInTime()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        long start = Stopwatch.GetTimestamp();
        new Measurement("cpu-clock", new CounterTarget.Cpus(Measurement.Online)).Run(stop.Token);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 40, 2000);

        start = Stopwatch.GetTimestamp();
        new Measurement("cpu-clock", new CounterTarget.Cpus(Measurement.Online), new CounterOptions { Duration = Short }).Run();
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 100, 2000);
    }

    [Fact]
    public void NothingStaysOpen()
    {
        Descriptors.AssertNoneLeaked(static () =>
        {
            var options = new CounterOptions { Duration = TimeSpan.FromMilliseconds(5), Interval = TimeSpan.FromMilliseconds(2) };
            new Measurement("cpu-clock,page-faults", new CounterTarget.Cpus(Measurement.Online), options).Run();
            new Measurement("task-clock", new CounterTarget.Processes([Environment.ProcessId, 0x3ffffff]), options).Run();
            new Measurement("task-clock", new CounterTarget.CGroups(["/", "nowhere"], Measurement.Online), options).Run();
            _ = new Measurement("task-clock", new CounterTarget.Cpus(Measurement.Online), options).Session().Measure(default).First();
            using CounterSession begun = new Measurement("task-clock,1:999", new CounterTarget.CallingThread()).Session();
            begun.Begin();
        });
    }
}
