using System.Diagnostics;
using PerfTrace.Events;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Perf.Streaming;

public sealed class TracepointStreamTests
{
    private static readonly TracingDirectory Tracing = TracingDirectory.Open(SystemPaths.Default);

    private static TracepointRequest Request(string name, string? filter = null) =>
        new(TracepointCatalogue.List(Tracing).First(t => t.Event == name).Format, filter);

    private static CounterTarget.Command Dd(int count) =>
        new("dd", ["if=/dev/zero", "of=/dev/null", "bs=1", $"count={count}", "status=none"], "/");

    private static CounterTarget.Cpus AllCpus => new(new CpuTopology(SystemPaths.Default).Online);

    private static List<TraceEvent> ReadAll(TracepointStream stream)
    {
        var all = new List<TraceEvent>();
        var batch = new TraceEvent[100];
        while (stream.Fill(batch) is > 0 and var count)
            all.AddRange(batch[..count]);
        return all;
    }

    private static T Value<T>(TraceEvent e, string property) => (T)e.GetType().GetProperty(property)!.GetValue(e)!;

    [Fact]
    public void A_command_is_seen_from_its_exec_to_its_end()
    {
        using TracepointStream stream = TracepointStream.Open(
            [Request("syscalls:sys_enter_write"), Request("sched:sched_process_exec"), Request("sched:sched_process_exit")], Dd(1000), new TracepointStreamOptions());

        List<TraceEvent> events = ReadAll(stream);

        Assert.Equal(1000, events.Count(static e => e.EventName == "syscalls:sys_enter_write"));
        TraceEvent exec = Assert.Single(events, static e => e.EventName == "sched:sched_process_exec");
        Assert.EndsWith("/dd", Value<string>(exec, "filename"), StringComparison.Ordinal);
        Assert.All(events.Where(static e => e.EventName == "syscalls:sys_enter_write"), e =>
        {
            Assert.Equal((stream.CommandId, stream.CommandId!.Value, "dd"), (e.ProcessId, e.ThreadId, e.CommandName));
            Assert.Equal(1UL, Value<ulong>(e, "fd"));
        });
        Assert.Equal(events.OrderBy(static e => e.TimestampNanoseconds), events);
        Assert.Equal((0, 0, 0), (stream.Summary.Lost, stream.Summary.OutOfOrder, stream.Summary.Undecodable));
        Assert.Equal(events.Count, stream.Summary.Events);
        Assert.Equal(0, stream.CommandExit?.ExitCode);
    }

    [Fact]
    public void The_kernel_filters()
    {
        using TracepointStream stream = TracepointStream.Open([Request("syscalls:sys_exit_write", "ret == 1 && common_pid != 0"), Request("syscalls:sys_enter_write", "fd == 77")], Dd(100), new TracepointStreamOptions());

        Assert.Equal(100, ReadAll(stream).Count);
    }

    [Fact]
    public void A_filter_that_is_none_is_an_error_of_its_event_alone()
    {
        var problems = new List<CounterProblem>();
        using TracepointStream stream = TracepointStream.Open(
            [Request("syscalls:sys_enter_write", "nothing == 1"), Request("syscalls:sys_enter_read")], Dd(10), new TracepointStreamOptions(), problem: problems.Add);

        Assert.True(ReadAll(stream).Count >= 10);
        CounterProblem problem = Assert.Single(problems);
        Assert.Equal("InvalidFilter", problem.Id);
        Assert.IsType<EventFilterException>(problem.Cause);
    }

    [Fact]
    public void What_finds_no_room_is_counted_to_the_last()
    {
        // The smallest ring and nobody who reads: more than fits is lost.
        const int Writes = 20_000;
        using TracepointStream stream = TracepointStream.Open([Request("syscalls:sys_enter_write")], Dd(Writes), new TracepointStreamOptions { BufferSize = 1 });
        var one = new TraceEvent[1];
        Assert.Equal(1, stream.Fill(one));
        Thread.Sleep(500);

        int read = 1 + ReadAll(stream).Count;

        Assert.True(stream.Summary.Lost > 1000, stream.Summary.ToString());
        Assert.Equal(Writes, read + stream.Summary.Lost);
        Assert.Equal(stream.Summary.Lost, stream.Summary.LostPerCpu.Sum(static c => c.Lost));
    }

    [Fact]
    public void Overwriting_keeps_the_newest()
    {
        const int Writes = 20_000;
        using TracepointStream stream = TracepointStream.Open([Request("syscalls:sys_enter_write"), Request("sched:sched_process_exit")], Dd(Writes),
            new TracepointStreamOptions { BufferSize = 16 << 10, Overwrite = true });

        List<TraceEvent> events = ReadAll(stream);

        Assert.InRange(events.Count, 50, Writes / 2);
        Assert.Equal("sched:sched_process_exit", events[^1].EventName);
        Assert.Equal(events.OrderBy(static e => e.TimestampNanoseconds), events);
    }

    [Fact]
    public void Events_of_all_cpus_come_in_order_of_time()
    {
        using TracepointStream stream = TracepointStream.Open([Request("sched:sched_switch"), Request("sched:sched_wakeup"), Request("sched:sched_waking")], AllCpus,
            new TracepointStreamOptions { Duration = TimeSpan.FromMilliseconds(400) });

        List<TraceEvent> events = ReadAll(stream);

        Assert.NotEmpty(events);
        Assert.Equal(events.OrderBy(static e => e.TimestampNanoseconds), events);
        Assert.All(events, e => Assert.InRange(e.Time!.Value, DateTimeOffset.Now.AddSeconds(-30), DateTimeOffset.Now));
        Assert.InRange(stream.Summary.Elapsed, TimeSpan.FromMilliseconds(390), TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void An_event_that_counts_nanoseconds_comes_once()
    {
        using TracepointStream stream = TracepointStream.Open([Request("sched:sched_stat_runtime")], Dd(20_000), new TracepointStreamOptions());

        List<TraceEvent> events = ReadAll(stream);

        Assert.NotEmpty(events);
        Assert.Equal(events.Count, events.Select(static e => (e.TimestampNanoseconds, e.Cpu)).Distinct().Count());
    }

    [Fact]
    public void A_stop_ends_it_at_once_and_what_was_seen_still_comes()
    {
        using var stop = new CancellationTokenSource();
        using TracepointStream stream = TracepointStream.Open([Request("sched:sched_switch")], AllCpus, new TracepointStreamOptions(), stop: stop.Token);
        var batch = new TraceEvent[10];
        Assert.True(stream.Fill(batch) > 0);

        long begin = Stopwatch.GetTimestamp();
        stop.Cancel();
        ReadAll(stream);

        Assert.InRange(Stopwatch.GetElapsedTime(begin), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Equal(0, stream.Fill(batch));
    }

    [Fact]
    public void A_process_that_dies_ends_the_stream()
    {
        using var process = Process.Start("sleep", "0.4");
        using TracepointStream stream = TracepointStream.Open([Request("sched:sched_process_exit")], new CounterTarget.Processes([process.Id]), new TracepointStreamOptions());

        TraceEvent exit = Assert.Single(ReadAll(stream));

        Assert.Equal((process.Id, "sleep"), (exit.ThreadId, exit.CommandName));
    }

    [Fact]
    public void Call_stacks_name_kernel_and_program()
    {
        using TracepointStream stream = TracepointStream.Open([Request("syscalls:sys_enter_write")], Dd(3), new TracepointStreamOptions { CallStack = true });

        List<TraceEvent> events = ReadAll(stream);

        Assert.Equal(3, events.Count);
        Assert.All(events, static e => Assert.NotEmpty(e.CallStack!.Addresses));
        Assert.Contains(events[0].CallStack!.User, static f => f.Contains("libc.so", StringComparison.Ordinal));
    }

    [Fact]
    public void A_command_that_is_none_is_said_so() =>
        Assert.Throws<CommandException>(() => TracepointStream.Open([Request("sched:sched_switch")], new CounterTarget.Command("/no/such", [], "/"), new TracepointStreamOptions()));

    [Fact]
    public void Nothing_stays_open()
    {
        Open(); // the first loads assemblies, which are descriptors too
        int before = int.MaxValue;
        for (int i = 0; i < 20; i++)
        {
            before = Math.Min(before, Descriptors());
            Thread.Sleep(10); // the command's thread lets go of its own
        }
        for (int i = 0; i < 3; i++)
            Open();

        // Closing goes on in the background.
        Assert.True(SpinWait.SpinUntil(() => Descriptors() <= before, TimeSpan.FromSeconds(5)), $"{before} descriptors before, {Descriptors()} after");

        static void Open()
        {
            using TracepointStream stream = TracepointStream.Open([Request("syscalls:sys_enter_write")], Dd(10), new TracepointStreamOptions());
            stream.Fill(new TraceEvent[1]);
        }

        static int Descriptors() => Directory.GetFiles("/proc/self/fd").Length;
    }
}
