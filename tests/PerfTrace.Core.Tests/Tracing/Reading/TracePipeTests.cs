using System.Diagnostics;
using PerfTrace.Events;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tests.Support;
using PerfTrace.Tracing;
using static PerfTrace.Tests.Support.TraceReading;

namespace PerfTrace.Tests.Tracing.Reading;

public sealed class TracePipeTests : IDisposable
{
    private readonly ScratchInstance _instance = new();

    private TracingDirectory Directory => _instance.Directory;

    public void Dispose() => _instance.Dispose();

    [Fact]
    public void Each_message_is_the_line_of_the_trace_file()
    {
        Directory.WriteText("trace_clock", "mono");
        Directory.WriteText("buffer_size_kb", "8192");
        Directory.WriteText("options/hash-ptr", "0");
        Enable(Directory, "sched:sched_switch", "sched:sched_waking", "sched:sched_process_fork", "raw_syscalls:sys_enter", "syscalls:sys_enter_openat",
            "syscalls:sys_exit_openat", "timer:hrtimer_start", "signal:signal_generate", "irq:softirq_entry", "task:task_newtask");
        Mark(Directory, "begin");
        Work(300);
        Mark(Directory, "end");
        Directory.WriteText("tracing_on", "0");
        string[] lines = [.. Directory.ReadText("trace").Split('\n').Where(static l => !l.StartsWith('#'))];

        (List<TraceRecord> records, TracePipeSummary summary) = Drain(Directory);

        Assert.Equal(lines.Length, records.Count);
        Assert.True(records.Count > 5_000, $"{records.Count} records");
        Assert.Equal((0, 0, 0, 0), (summary.Lost, summary.OutOfOrder, summary.Undecodable, summary.Discarded));
        // "   comm-pid     [000] d..2. 15514.428719: sched_waking: comm=…"; system calls and markers have no name before.
        int named = 0;
        for (int i = 0; i < lines.Length; i++)
        {
            TraceRecord record = records[i];
            string own = lines[i][(lines[i].IndexOf(": ", StringComparison.Ordinal) + 2)..];
            bool hasName = record is TraceEvent e && e.EventSchema.PrintFormat.HasNameBefore;
            named += hasName ? 1 : 0;
            Assert.Equal(own, hasName ? $"{record.EventName[(record.EventName.IndexOf(':') + 1)..]}: {record.Message}" : record.Message);
            Assert.Contains($"-{record.ThreadId,-7} [{record.Cpu:D3}] ", lines[i]);
            ulong microseconds = (record.TimestampNanoseconds + 500) / 1000;
            Assert.Contains($" {microseconds / 1_000_000,5}.{microseconds % 1_000_000:D6}: ", lines[i]);
        }
        Assert.True(named > 1_000, $"{named} with names");
        Assert.Equal(["begin", "end"], records.OfType<TraceMarker>().Select(static m => m.Text));
    }

    [Fact]
    public void Records_have_fields_times_processes_and_names()
    {
        Directory.WriteText("trace_clock", "mono");
        Enable(Directory, "sched:sched_switch");
        DateTimeOffset before = DateTimeOffset.Now;
        Mark(Directory, "here I am");
        Work();
        Directory.WriteText("tracing_on", "0");
        List<TraceRecord> records = Drain(Directory).Records;

        TraceMarker marker = Assert.Single(records.OfType<TraceMarker>());
        Assert.Equal(("ftrace:print", "here I am", "tracing_mark_write", true), (marker.EventName, marker.Text, marker.Function, marker.IsFromUserSpace));
        Assert.Equal(Environment.ProcessId, marker.ProcessId);
        Assert.InRange(marker.Time!.Value, before - TimeSpan.FromMilliseconds(50), DateTimeOffset.Now);
        Assert.NotNull(marker.CommandName);
        TraceEvent switched = records.OfType<TraceEvent>().First();
        Assert.Equal("sched:sched_switch", switched.EventName);
        Assert.Equal(switched.ThreadId, switched.GetType().GetProperty("prev_pid")!.GetValue(switched));
        Assert.All(records.OfType<TraceEvent>().Where(static e => e.ThreadId == 0), static e => Assert.Equal($"swapper/{e.Cpu}", e.CommandName));
        Assert.Equal(records.Select(static r => r.TimestampNanoseconds).Order(), records.Select(static r => r.TimestampNanoseconds));
    }

    [Fact]
    public void The_local_clock_has_no_time_of_day_and_a_counter_no_time()
    {
        Mark(Directory, "one");
        TraceRecord local = Assert.Single(Drain(Directory).Records);
        Assert.NotNull(local.Timestamp);
        Assert.Null(local.Time);

        Directory.WriteText("trace_clock", "counter");
        Mark(Directory, "two", "three");
        List<TraceRecord> counted = Drain(Directory).Records;
        Assert.All(counted, static r => Assert.Null(r.Timestamp));
        Assert.Equal(counted[0].TimestampNanoseconds + 1, counted[1].TimestampNanoseconds);
    }

    [Fact]
    public void Stacks_are_part_of_their_event()
    {
        Directory.WriteText("options/stacktrace", "1");
        Enable(Directory, "sched:sched_waking");
        Work();
        Directory.WriteText("tracing_on", "0");
        string text = Directory.ReadText("trace");
        List<TraceRecord> records = Drain(Directory).Records;

        // Not each event has one: in some places the kernel can not walk the stack.
        int stacks = text.Split('\n').Count(static l => l.EndsWith(": <stack trace>", StringComparison.Ordinal));
        Assert.Equal(text.Split('\n').Count(static l => l.Contains(": sched_waking: ", StringComparison.Ordinal)), records.Count);
        Assert.Equal(stacks, records.Count(static r => r.CallStack is not null));
        Assert.True(stacks > 20, $"{stacks} stacks");
        string[] shown = [.. text.Split('\n').SkipWhile(static l => !l.StartsWith(" => ", StringComparison.Ordinal)).TakeWhile(static l => l.StartsWith(" => ", StringComparison.Ordinal)).Select(static l => l[4..])];
        Assert.Equal(shown, records.First(static r => r.CallStack is not null).CallStack!.Kernel.Select(static f => f.Split('+')[0]));
    }

    [Fact]
    public void What_does_not_fit_is_counted()
    {
        Directory.WriteText("buffer_size_kb", "8");
        Mark(Directory, [.. Enumerable.Range(0, 5_000).Select(static i => $"marker number {i}")]);
        (List<TraceRecord> records, TracePipeSummary summary) = Drain(Directory);
        Assert.InRange(records.Count, 10, 1_000);
        Assert.Equal(5_000, records.Count + summary.Lost);
        Assert.Equal("marker number 4999", Assert.IsType<TraceMarker>(records[^1]).Text);
        Assert.Equal(summary.Lost, summary.LostPerCpu.Sum(static c => c.Lost));
    }

    [Fact]
    public void What_a_full_buffer_refuses_is_counted()
    {
        Directory.WriteText("buffer_size_kb", "8");
        Directory.WriteText("options/overwrite", "0");
        using TracePipe pipe = TracePipe.Open(Directory, new TracePipeOptions { Duration = TimeSpan.Zero });
        Enable(Directory, "raw_syscalls:sys_enter");
        Work();
        Directory.WriteText("tracing_on", "0");
        long dropped = TraceBuffers.Statistics(Directory).Sum(static s => s.DroppedEvents);
        var batch = new TraceRecord[64];
        while (pipe.Fill(batch) > 0)
        {
        }
        Assert.True(dropped > 100, $"{dropped} dropped");
        Assert.Equal(dropped, pipe.Summary.Lost);
    }

    [Fact]
    public void Another_reader_is_told_of()
    {
        using FileDescriptor other = Directory.OpenRead("trace_pipe");
        TracePipeBusyException e = Assert.Throws<TracePipeBusyException>(() => TracePipe.Open(Directory, new TracePipeOptions()));
        Assert.Contains("Another reader", e.Advice);
        Assert.Equal(_instance.Name, e.Instance);
    }

    [Fact]
    public void Readers_of_different_cpus_do_not_disturb_each_other()
    {
        int[] cpus = [.. TraceBuffers.Cpus(Directory)];
        Assert.SkipWhen(cpus.Length < 2, "one CPU");
        using TracePipe first = TracePipe.Open(Directory, new TracePipeOptions { Cpus = [cpus[0]] });
        using (TracePipe.Open(Directory, new TracePipeOptions { Cpus = [cpus[1]] }))
        {
            Assert.Throws<TracePipeBusyException>(() => TracePipe.Open(Directory, new TracePipeOptions { Cpus = [cpus[0]] }));
            Assert.Throws<TracePipeBusyException>(() => TracePipe.Open(Directory, new TracePipeOptions()));
        }
        Enable(Directory, "sched:sched_switch");
        Work();
        Directory.WriteText("tracing_on", "0");
        Assert.All(Drain(Directory, new TracePipeOptions { Cpus = [cpus[1]] }).Records, r => Assert.Equal(cpus[1], r.Cpu));
    }

    [Fact]
    public void An_instance_stays_while_it_is_read_and_goes_afterwards()
    {
        using (TracePipe.Open(Directory, new TracePipeOptions()))
            Assert.Equal(Errno.EBUSY, Assert.Throws<KernelResourceException>(() => TraceInstances.Remove(Directory)).Errno);
        TraceInstances.Remove(Directory);
        Assert.Throws<TraceInstanceNotFoundException>(() => TracePipe.Open(Directory, new TracePipeOptions()));
    }

    [Fact]
    public void It_stops_at_once()
    {
        using var stop = new CancellationTokenSource();
        using TracePipe pipe = TracePipe.Open(Directory, new TracePipeOptions(), stop: stop.Token);
        long asked = 0;
        var stopper = new Thread(() =>
        {
            Thread.Sleep(100);
            asked = Stopwatch.GetTimestamp();
            stop.Cancel();
        });
        stopper.Start();
        Assert.Equal(0, pipe.Fill(new TraceRecord[8]));
        Assert.InRange(Stopwatch.GetElapsedTime(asked), TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
        stopper.Join();
    }

    [Fact]
    public void Records_come_as_they_are_written()
    {
        using TracePipe pipe = TracePipe.Open(Directory, new TracePipeOptions { Duration = TimeSpan.FromSeconds(30) });
        var batch = new TraceRecord[8];
        foreach (string text in (string[])["first", "second"])
        {
            Mark(Directory, text);
            Assert.Equal(1, pipe.Fill(batch));
            Assert.Equal(text, Assert.IsType<TraceMarker>(batch[0]).Text);
        }
        Assert.True(pipe.Summary.Elapsed < TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Only_what_is_wanted_becomes_an_object_and_what_is_left_is_counted()
    {
        Enable(Directory, "sched:sched_switch");
        Mark(Directory, "a", "b", "c");
        Work();
        Directory.WriteText("tracing_on", "0");
        long all = TraceBuffers.Statistics(Directory).Sum(static s => s.Entries);
        using TracePipe pipe = TracePipe.Open(Directory, new TracePipeOptions { IsWanted = static f => f.System == "ftrace", Duration = TimeSpan.FromSeconds(5) });
        var batch = new TraceRecord[2];
        Assert.Equal(2, pipe.Fill(batch));
        Assert.All(batch, static r => Assert.IsType<TraceMarker>(r));
        pipe.Finish();
        TracePipeSummary summary = pipe.Summary;
        Assert.Equal(2, summary.Objects);
        long taken = all - TraceBuffers.Statistics(Directory).Sum(static s => s.Entries);
        Assert.Equal(taken, summary.Records + summary.Discarded);
        Assert.True(summary.Discarded >= 1);
    }

    [Fact]
    public void A_record_of_raw_data_is_an_event()
    {
        byte[] data = [0x2a, 0, 0, 0, 1, 2, 3, 4];
        using (FileDescriptor marker = Directory.OpenWrite("trace_marker_raw"))
            marker.Write(data);
        string line = Directory.ReadText("trace").Split('\n')[^1];
        TraceEvent raw = Assert.IsAssignableFrom<TraceEvent>(Assert.Single(Drain(Directory).Records));
        Assert.Equal("ftrace:raw_data", raw.EventName);
        Assert.Equal(0x2au, raw.GetType().GetProperty("id")!.GetValue(raw));
        Assert.EndsWith(": " + raw.Message, line);
    }

    [Fact]
    public void Larger_pages_are_read_too()
    {
        Assert.SkipUnless(Directory.Exists("buffer_subbuf_size_kb"), "pages are of one size before Linux 6.8");
        Directory.WriteText("buffer_subbuf_size_kb", "16");
        Mark(Directory, [.. Enumerable.Range(0, 1_000).Select(static i => $"{i}")]);
        (List<TraceRecord> records, TracePipeSummary summary) = Drain(Directory);
        Assert.Equal(Enumerable.Range(0, 1_000).Select(static i => $"{i}"), records.Cast<TraceMarker>().Select(static m => m.Text));
        Assert.Equal(0, summary.Undecodable);
    }
}
