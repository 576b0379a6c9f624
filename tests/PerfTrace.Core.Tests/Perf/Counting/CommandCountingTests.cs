using System.Diagnostics;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Tests.Support;
using static PerfTrace.Tests.Support.Measurement;

namespace PerfTrace.Tests.Perf.Counting;

/// <summary>Counting commands on this machine.</summary>
public class CommandCountingTests
{
    [Fact]
    public void PageFaultsOfOneCommandAreAlmostTheSameEachTime()
    {
        long[] counts = [.. Enumerable.Range(0, 5).Select(static _ => One("page-faults:u", Command("true")).Value!.Value)];

        Assert.All(counts, static c => Assert.InRange(c, 10, 1000));
        Assert.True(counts.Max() - counts.Min() <= counts.Max() / 10, string.Join(' ', counts));
    }

    [Fact]
    public void CountsWhatPerfCounts()
    {
        string[] arguments = ["-c", "i=0; while [ $i -lt 200 ]; do /bin/true; i=$((i+1)); done"];
        string[] columns = Support.Command.Perf(["stat", "-x,", "-e", "page-faults", "sh", .. arguments]).Error.Trim().Split(',');

        PerfCounter ours = One("page-faults", Command("sh", arguments));

        Assert.InRange(ours.Value!.Value / double.Parse(columns[0], System.Globalization.CultureInfo.InvariantCulture), 0.99, 1.01);
    }

    [Fact]
    public void CountingStartsAtTheExecAndFollowsChildren()
    {
        PerfCounter[] counters = new Measurement("sched:sched_process_exec,sched:sched_process_fork", Command("sh", "-c", "/bin/true; /bin/true; exit 5")).Run();

        // The exec of sh itself is what enables the counters: its tracepoint comes just after that.
        Assert.InRange(counters[0].Value!.Value, 2, 3);
        Assert.Equal(2, counters[1].Value);
        Assert.All(counters, static c => Assert.Equal(5, c.ExitCode));
    }

    [Fact]
    public void WithoutInheritChildrenAreNotCounted()
    {
        CounterTarget command = Command("sh", "-c", "i=0; while [ $i -lt 20 ]; do /bin/true; i=$((i+1)); done");

        long all = One("page-faults:u", command).Value!.Value, own = One("page-faults:u", command, new CounterOptions { Inherit = false }).Value!.Value;

        Assert.True(all > own * 3, $"{all} with children, {own} without");
    }

    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 42", 42)]
    [InlineData("kill -TERM $$", 143)]
    public void TheExitStatusIsInTheResult(string script, int status)
    {
        PerfCounter counter = One("task-clock", Command("sh", "-c", script));

        Assert.Equal((status, CounterStatus.Counted, "sh"), (counter.ExitCode!.Value, counter.Status, counter.Command));
        Assert.True(counter.Value > 0 && counter.TimeEnabled > TimeSpan.Zero && counter.RunningPercent == 100);
        Assert.True(counter.UserTime + counter.SystemTime >= TimeSpan.Zero);
    }

    [Fact]
    public void TheClocksAndToolEventsAreNanoseconds()
    {
        PerfCounter[] counters = new Measurement("task-clock,duration_time,user_time,system_time",
            Command("sh", "-c", "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done")).Run();

        Assert.All(counters, static c => Assert.Equal((CounterStatus.Counted, "ns"), (c.Status, c.Unit)));
        double cpu = counters[2].Value!.Value + counters[3].Value!.Value;
        Assert.InRange(counters[0].Value!.Value / cpu, 0.7, 1.3);
        Assert.True(counters[1].Value >= counters[0].Value * 0.9);
        Assert.Equal("CPUs utilized", counters[0].MetricName);
        Assert.InRange(counters[0].MetricValue!.Value, 0.1, 1.1);
    }

    [Theory]
    [InlineData("no-such-command-anywhere", 127)]
    [InlineData("/no/such/path", 127)]
    [InlineData("/etc/hostname", 126)]
    [InlineData("/usr/bin", 126)]
    [InlineData("", 127)]
    public void ACommandThatCanNotRunIsSaidSo(string command, int status)
    {
        var e = Assert.Throws<CommandException>(() => new Measurement("page-faults", Command(command)).Run());

        Assert.Equal((status, command), (e.ExitStatus, e.Command));
    }

    [Fact]
    public void AFileThatIsNoProgramIs126AndALostInterpreter127()
    {
        using var tree = new TemporaryTree();
        string text = tree.Executable("text", "\u0001no program\n"), lost = tree.Executable("lost", "#!/no/such/interpreter\n");

        Assert.Equal(126, Assert.Throws<CommandException>(() => new Measurement("page-faults", Command(text)).Run()).ExitStatus);
        Assert.Equal(127, Assert.Throws<CommandException>(() => new Measurement("page-faults", Command(lost)).Run()).ExitStatus);
    }

    [Fact]
    public void IntervalsAddUpToTheTotal()
    {
        CounterTarget command = Command("sh", "-c", "i=0; while [ $i -lt 100 ]; do /bin/true; i=$((i+1)); done");
        long total = One("page-faults:u", command).Value!.Value;

        PerfCounter[] series = new Measurement("page-faults:u", command, new CounterOptions { Interval = TimeSpan.FromMilliseconds(10) }).Run();

        Assert.True(series.Length > 3, $"{series.Length} intervals");
        Assert.InRange(series.Sum(static c => c.Value ?? 0) / (double)total, 0.98, 1.02);
        Assert.Equal(series.Select(static c => c.Elapsed).Order(), series.Select(static c => c.Elapsed));
        Assert.Equal(0, series[^1].ExitCode);
        Assert.All(series[..^1], static c => Assert.Null(c.ExitCode));
        PerfCounterInterval[] intervals = [.. series.Cast<PerfCounterInterval>()];
        Assert.InRange((intervals.Sum(static i => i.Interval.Ticks) - series[^1].Elapsed.Ticks) / (double)TimeSpan.TicksPerMillisecond, -1, 1);
        Assert.True(intervals[..^1].Count(static i => i.Interval.TotalMilliseconds is > 7 and < 40) > intervals.Length / 2);
    }

    [Fact]
    public void ADurationEndsTheCommand()
    {
        long start = Stopwatch.GetTimestamp();

        PerfCounter counter = One("task-clock", Command("sleep", "30"), new CounterOptions { Duration = TimeSpan.FromMilliseconds(100) });

        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 100, 5000);
        Assert.Equal((143, CounterStatus.Counted), (counter.ExitCode!.Value, counter.Status));
    }

    [Fact]
    public void ADelayLeavesTheBeginningOut()
    {
        // The work takes some 30 ms; the delay leaves a busy machine time to do it in.
        CounterTarget command = Command("sh", "-c", "i=0; while [ $i -lt 30 ]; do /bin/true; i=$((i+1)); done; sleep 1.8");

        long all = One("page-faults:u", command).Value!.Value;
        PerfCounter delayed = One("page-faults:u", command, new CounterOptions { Delay = TimeSpan.FromMilliseconds(1500) });

        Assert.True((delayed.Value ?? 0) < all / 4, $"{delayed.Value} of {all}");
    }

    [Fact]
    public void RepeatsAreSummedUp()
    {
        var statistics = (PerfCounterStatistics)One("page-faults:u", Command("true"), new CounterOptions { Repeat = 4 });

        Assert.Equal(4, statistics.Runs);
        Assert.InRange(statistics.Value!.Value, 10, 1000);
        Assert.InRange(Math.Abs(statistics.Mean!.Value - statistics.Value.Value), 0, 0.5);
        Assert.InRange(statistics.RelativeError!.Value, 0, 20);
    }

    [Fact]
    public void CancellingStopsWithin100Milliseconds()
    {
        // The best of several: other work on the machine can hold up one of them.
        double best = double.MaxValue;
        for (int i = 0; i < 5 && best > 100; i++)
            best = Math.Min(best, MillisecondsToCancel());

        Assert.InRange(best, 0, 100);
    }

    private static double MillisecondsToCancel()
    {
        using var stop = new CancellationTokenSource();
        long cancelled = 0;
        var timer = new Thread(() =>
        {
            Thread.Sleep(150);
            cancelled = Stopwatch.GetTimestamp();
            stop.Cancel();
        });
        timer.Start();

        PerfCounter counter = Assert.Single(new Measurement("task-clock", Command("sleep", "30")).Run(stop.Token));

        double milliseconds = Stopwatch.GetElapsedTime(cancelled).TotalMilliseconds;
        Assert.Equal(CounterStatus.Counted, counter.Status);
        timer.Join();
        return milliseconds;
    }

    [Fact]
    public void AGroupIsReadAtOneInstant()
    {
        PerfCounter[] counters = new Measurement("{page-faults,minor-faults,major-faults}", Command("sh", "-c", "/bin/true")).Run();

        Assert.Equal(counters[0].Value, counters[1].Value + counters[2].Value);
        Assert.Single(counters.Select(static c => (c.TimeEnabled, c.TimeRunning, c.Group)).Distinct());
        Assert.Equal("page-faults,minor-faults,major-faults", counters[0].Group);
    }

    [Fact]
    public void WhatThisMachineCanNotCountIsNotSupportedAndTheRestGoesOn()
    {
        // A software event number beyond the kernel's is supported nowhere; cycles are on some machines.
        PerfCounter[] counters = new Measurement("page-faults,1:999,cycles:u", Command("true")).Run();

        Assert.Equal([CounterStatus.Counted, CounterStatus.NotSupported], counters[..2].Select(static c => c.Status));
        Assert.Null(counters[1].Value);
        bool hasCycles = PerfEvent.Parse("cycles:u").IsSupported;
        Assert.Equal(hasCycles ? CounterStatus.Counted : CounterStatus.NotSupported, counters[2].Status);
    }

    [Fact]
    public void NothingCountableIsAnErrorAndTheCommandDoesNotRun()
    {
        using var tree = new TemporaryTree();
        var results = new List<PerfCounter>();
        using CounterSession session = new Measurement("1:998,1:999", Command("touch", tree["made"])).Session();

        Assert.Throws<NothingCountableException>(() =>
        {
            foreach (PerfCounter counter in session.Measure(default))
                results.Add(counter);
        });

        Assert.Equal([CounterStatus.NotSupported, CounterStatus.NotSupported], results.Select(static c => c.Status));
        Assert.False(File.Exists(tree["made"]));
    }

    [Fact]
    public void AnUncoreEventIsCountedForItsCpusWhileTheCommandRuns()
    {
        // The software PMU's clock, dressed up as an uncore PMU that is counted on CPU 0 for all; perf counts it so too.
        using var tree = new TemporaryTree()
            .With("bus/event_source/devices/uncore_clock/type", "1\n").With("bus/event_source/devices/uncore_clock/cpumask", "0\n")
            .With("bus/event_source/devices/uncore_clock/format/event", "config:0-7\n").With("bus/event_source/devices/uncore_clock/events/ticks", "event=0x0\n");
        var catalogue = new EventCatalogue(new SystemPaths(Sys: tree.Root));

        PerfCounter counter = Assert.Single(new Measurement("uncore_clock/ticks/", Command("sleep", "0.1"), catalogue: catalogue).Run());

        Assert.Equal(CounterStatus.Counted, counter.Status);
        // A CPU's clock goes on while the command sleeps.
        Assert.InRange(counter.Value!.Value, 90_000_000, 1_000_000_000);
    }

    [Fact]
    public void NothingStaysOpenOrBehind()
    {
        Descriptors.AssertNoneLeaked(static () =>
        {
            CounterTarget command = Command("sh", "-c", "exit 3");
            new Measurement("page-faults,cs,{minor-faults,major-faults},sched:sched_switch", command).Run();
            new Measurement("page-faults", command, new CounterOptions { Aggregation = CounterAggregation.Cpu }).Run();
            new Measurement("page-faults", command, new CounterOptions { Repeat = 3 }).Run();
            Assert.Throws<CommandException>(() => new Measurement("page-faults", Command("no-such-command")).Run());
            Assert.Throws<CommandException>(() => new Measurement("page-faults", Command("/etc/hostname")).Run());
            Assert.Throws<NothingCountableException>(() => new Measurement("1:999", command).Run());
            // Left after the first result: the command ends with the measurement.
            using CounterSession left = new Measurement("page-faults", Command("sleep", "30"), new CounterOptions { Interval = TimeSpan.FromMilliseconds(20) }).Session();
            Assert.NotNull(left.Measure(default).First());
        });
        Assert.Empty(ChildrenLeft());
    }

    private static string[] ChildrenLeft()
    {
        for (int i = 0; i < 100; i++)
        {
            if (Children().Length == 0)
                break;
            Thread.Sleep(10);
        }
        return Children();
    }

    private static string[] Children() =>
        [.. Directory.GetDirectories("/proc/self/task").SelectMany(static t => File.ReadAllText(t + "/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))];
}
