using System.Diagnostics;
using PerfTrace.BpfTrace;
using PerfTrace.Events.Filtering;
using static PerfTrace.Tests.BpfTrace.Queries.Queries;

namespace PerfTrace.Tests.BpfTrace.Queries;

/// <summary>Queries at work in the kernel, on commands whose system calls are known.</summary>
[Trait("Machine", "Both")]
public sealed class KernelEventSessionTests
{
    private static readonly KernelEventQuery Copy = new()
    {
        Events = ["syscalls:sys_exit_read"],
        Where = Is("ret", ComparisonOperator.Equal, 1000),
        Command = ["dd", "if=/dev/zero", "of=/dev/null", "bs=1000", "count=300", "status=none"],
    };

    private static KernelEventMeasurement[] Run(KernelEventQuery query, out KernelEventLosses losses)
    {
        using var session = KernelEventSession.Start(query);
        KernelEventMeasurement[] all = [.. session.Read().SelectMany(static set => set)];
        losses = session.Losses();
        return all;
    }

    private static KernelEventMeasurement[] Run(KernelEventQuery query) => Run(query, out _);

    private static object? Value(object measurement, string property) => measurement.GetType().GetProperty(property)!.GetValue(measurement);

    [Fact]
    public void EverythingIsAddedUp()
    {
        KernelEventMeasurement one = Assert.Single(Run(Copy with
        {
            Sum = Property("ret"), Average = Property("ret"), Minimum = Property("ret"), Maximum = Property("ret"), Histogram = new QueryHistogram(Property("ret")), GroupBy = [By("CommandName"), By("ret")],
        }));

        Assert.Equal(("syscalls:sys_exit_read", 300L, 300_000L, 1000L, 1000L, 1000.0), (one.Event, one.Count, one.Sum, one.Minimum, one.Maximum, one.Average));
        Assert.Equal(("dd", 1000L), (Value(one, "CommandName"), Value(one, "ret")));
        BpfTraceBucket bucket = Assert.Single(one.Histogram!);
        Assert.Equal((512L, 1023L, 300L), (bucket.Low, bucket.High, bucket.Count));
        Assert.IsAssignableFrom<KernelEventHistogram>(one);
        Assert.Equal("dd, 1000", one.Group);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ACommandIsMeasuredFromItsExecOn(bool includesChildren)
    {
        // Its process comes to where the command is started and lets go of what is not the command's own, before it is the command.
        KernelEventMeasurement[] all = Run(Copy with
        {
            Events = ["syscalls:sys_enter_chdir", "syscalls:sys_enter_dup2", "syscalls:sys_enter_rt_sigprocmask", "sched:sched_process_exec", "sched:sched_process_exit"],
            Where = null, Count = true, Command = ["/bin/true"], IncludesChildren = includesChildren,
        });

        Assert.Equal([("sched:sched_process_exec", 1L), ("sched:sched_process_exit", 1L)], all.Where(static m => m.Count > 0).Select(static m => (m.Event, m.Count)).Order());
    }

    [Fact]
    public void IntervalsLoseNothing()
    {
        KernelEventMeasurement[] all = Run(Copy with
        {
            Where = Is("ret", ComparisonOperator.Equal, 1), Interval = TimeSpan.FromMilliseconds(10), Count = true, Sum = Property("ret"),
            Command = ["dd", "if=/dev/zero", "of=/dev/null", "bs=1", "count=200000", "status=none"],
        });

        Assert.Equal((200_000L, 200_000L), (all.Sum(static m => m.Count), all.Sum(static m => (long)m.Sum!)));
        Assert.True(all.Count(static m => m.Count > 0) > 1);
        Assert.Equal(all.Select(static m => m.Time).Order(), all.Select(static m => m.Time));
    }

    [Fact]
    public void ASeriesHasASetForEachInterval()
    {
        KernelEventMeasurement[] all = Run(Copy with { Command = [], Where = Known(false), Interval = TimeSpan.FromMilliseconds(100), Duration = TimeSpan.FromMilliseconds(500) });

        Assert.Equal([0L, 0, 0, 0, 0], all.Select(static m => m.Count));
        Assert.Equal(TimeSpan.FromMilliseconds(400), all[^1].Time - all[0].Time);
    }

    [Fact]
    public void LatenciesKnowBothEnds()
    {
        KernelEventMeasurement one = Assert.Single(Run(Copy with
        {
            Events = ["syscalls:sys_enter_read"], IsLatency = true, GroupBy = [By("count")], Average = Property("Latency"), Minimum = Property("Latency"), Histogram = new QueryHistogram(Property("Latency")),
        }));

        Assert.Equal(("syscalls:sys_enter_read", 300L, 1000UL), (one.Event, one.Count, Value(one, "field_count")));
        Assert.Equal(300, one.Histogram!.Sum(static b => b.Count));
        Assert.InRange((long)one.Minimum!, 1, (long)one.Average!.Value);
    }

    [Fact]
    [Trait("Machine", "Guest")]
    public void FunctionsOfTheKernelAreMeasured()
    {
        KernelEventQuery reads = Copy with { Events = ["kprobe:vfs_read"], Where = Is("arg2", ComparisonOperator.Equal, 1000), GroupBy = [By("CommandName"), By("arg2")], Count = true };

        KernelEventMeasurement one = Assert.Single(Run(reads));
        KernelEventMeasurement time = Assert.Single(Run(reads with { IsLatency = true, Minimum = Property("Latency"), Average = Property("Latency") }));

        Assert.Equal(("kprobe:vfs_read", 300L, "dd", 1000L), (one.Event, one.Count, Value(one, "CommandName"), Value(one, "arg2")));
        Assert.Equal(("kprobe:vfs_read", 300L), (time.Event, time.Count));
        Assert.InRange((long)time.Minimum!, 1, (long)time.Average!.Value);
    }

    [Fact]
    public void TextsOfProcessesAreMatched()
    {
        KernelEventMeasurement one = Assert.Single(Run(new KernelEventQuery
        {
            Events = ["syscalls:sys_enter_openat"],
            Where = And(Like("filename", "/*/HOST*me", isCaseSensitive: false), Is("CommandName", ComparisonOperator.Equal, "CAT")),
            GroupBy = [By("filename")],
            Command = ["sh", "-c", "cat /etc/hostname /etc/passwd > /dev/null"],
        }));

        Assert.Equal(("/etc/hostname", 1L), (Value(one, "filename"), one.Count));
    }

    [Fact]
    public void ChildrenAreMeasuredUnlessNot()
    {
        KernelEventQuery query = Copy with { Command = ["sh", "-c", "dd if=/dev/zero of=/dev/null bs=1000 count=7 status=none; true"] };

        Assert.Equal(7, Assert.Single(Run(query)).Count);
        Assert.Equal(0, Assert.Single(Run(query with { IncludesChildren = false })).Count);
    }

    [Fact]
    public void GroupsWithoutRoomAreCounted()
    {
        KernelEventMeasurement one = Assert.Single(Run(Copy with { Where = null, GroupBy = [By("ret")], MaximumGroups = 1 }, out KernelEventLosses losses));

        // What the dynamic linker reads comes first.
        Assert.NotEqual(1000L, Value(one, "ret"));
        Assert.True(losses.Groups >= 300);
    }

    [Fact]
    public void AStopEndsItAtOnce()
    {
        using var session = KernelEventSession.Start(Copy with { Command = [], Where = null });
        long begin = Stopwatch.GetTimestamp();
        using var timer = new Timer(_ => session.Stop(), null, 200, Timeout.Infinite);

        Assert.Single(Assert.Single(session.Read()));

        Assert.InRange(Stopwatch.GetElapsedTime(begin).TotalSeconds, 0.1, 5);
    }

    [Fact]
    public void PropertiesAreCompleted()
    {
        Assert.Equal(["__syscall_nr", "ret"], KernelEventQuery.PropertyNames(["syscalls:sys_exit_read"], isNumber: true, isLatency: false));
        Assert.Contains("CommandName", KernelEventQuery.PropertyNames([], isNumber: false, isLatency: false));
        Assert.Equal(["Latency", "__syscall_nr", "ret", "fd", "count"], KernelEventQuery.PropertyNames(["syscalls:sys_enter_read"], isNumber: true, isLatency: true));
    }
}
