using System.Buffers.Binary;
using System.Text;
using PerfTrace.Events;
using PerfTrace.Events.Printing;
using PerfTrace.Perf;
using PerfTrace.Profiles;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Profiles;

public sealed class OffCpuWeightsTests : IDisposable
{
    private const long Running = 0, Sleeping = 1, Preempted = 0x100;

    private const string Format =
        "name: sched_switch\nID: 7\nformat:\n"
        + "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"
        + "\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"
        + "\tfield:char prev_comm[16];\toffset:8;\tsize:16;\tsigned:0;\n\tfield:pid_t prev_pid;\toffset:24;\tsize:4;\tsigned:1;\n"
        + "\tfield:long prev_state;\toffset:32;\tsize:8;\tsigned:1;\n\tfield:pid_t next_pid;\toffset:40;\tsize:4;\tsigned:1;\n\nprint fmt: \"%d\", REC->prev_pid\n";

    private static readonly EventSchema Schema = EventSchemas.For(EventFormatParser.Parse("sched", Format));

    private readonly StackMaker _make = new();

    public void Dispose() => _make.Dispose();

    [Fact]
    public void A_thread_is_blocked_from_leaving_until_it_is_switched_to()
    {
        var weights = new OffCpuWeights();

        Assert.Empty(Add(weights, Switch(1_000, 5, Sleeping, 0, "main;read;schedule_[k]")));
        Assert.Empty(Add(weights, Switch(2_000, 0, Running, 6, "idle_[k]")));
        PerfSample done = Assert.Single(Add(weights, Switch(4_500, 6, Sleeping, 5, "other")));

        Assert.Equal((OffCpuWeights.EventName, 3_500, 5, 1_000UL), (done.EventName, done.Period, done.ThreadId!.Value, done.TimestampNanoseconds!.Value));
        Assert.Equal(["schedule", "read", "main"], done.CallStack!.Select(f => f.Symbol));
        Assert.Equal(1, weights.Unfinished);
    }

    [Theory]
    [InlineData(Running)]
    [InlineData(Preempted)]
    public void Who_could_have_run_was_not_blocked(long state)
    {
        var weights = new OffCpuWeights();

        Assert.Empty(Add(weights, Switch(1_000, 5, state, 6, "main")));
        Assert.Empty(Add(weights, Switch(2_000, 6, state, 5, "main")));
        Assert.Equal(0, weights.Unfinished);
    }

    [Fact]
    public void A_return_that_was_not_seen_is_counted_and_does_not_weigh()
    {
        var weights = new OffCpuWeights();
        Add(weights, Switch(1_000, 5, Sleeping, 7, "first"));
        Add(weights, Switch(9_000, 5, Sleeping, 7, "second"));

        Assert.Equal(2, weights.Unfinished);
        Assert.Equal(1_000, Assert.Single(Add(weights, Switch(10_000, 0, Running, 5, "idle"))).Period);
        Assert.Equal(1, weights.Unfinished);
    }

    [Fact]
    public void Where_switches_from_idle_are_not_recorded_a_thread_is_blocked_until_it_is_seen_again()
    {
        var weights = new OffCpuWeights();
        Add(weights, Switch(1_000, 5, Sleeping, 0, "first", cpu: 1));

        Assert.Equal(("first", 8_000), Add(weights, Switch(9_000, 5, Sleeping, 6, "second", cpu: 1)).Select(s => (s.Symbol!, s.Period)).Single());
        Assert.Equal((1, 1), (weights.Estimated, weights.Unfinished));
        // The CPU is not idle any more, and this one was at work elsewhere.
        Assert.Empty(Add(weights, Switch(9_500, 5, Sleeping, 6, "third", cpu: 1)));
        Assert.Equal((1, 2), (weights.Estimated, weights.Unfinished));
    }

    [Fact]
    public void Other_events_are_passed_over_and_counted()
    {
        var weights = new OffCpuWeights();

        Assert.Empty(Add(weights, _make.Sample("main", time: 5)));
        Assert.Empty(Add(weights, _make.Sample("main", time: 5, eventName: "sched:sched_switch")));
        Assert.Equal(2, weights.Ignored);
    }

    [Fact]
    public void A_field_of_the_tracepoint_is_a_key()
    {
        var report = new ReportBuilder([ReportKey.Parse("next_pid")], SampleFilter.All);
        report.Add(Switch(1, 5, Sleeping, 6, "main"));
        report.Add(Switch(2, 6, Sleeping, 5, "main"));
        report.Add(Switch(3, 7, Sleeping, 5, "main"));

        Assert.Empty(report.UnknownKeys);
        Assert.Equal([("5", 5, 2), ("6", 6, 1)], report.Build().Select(r => (r.Name, (int)r.Values!["next_pid"]!, r.Self)));
    }

    private static List<PerfSample> Add(OffCpuWeights weights, PerfSample sample)
    {
        var done = new List<PerfSample>();
        weights.Add(sample, done.Add);
        return done;
    }

    private PerfSample Switch(ulong time, int from, long state, int to, string stack, int cpu = 0)
    {
        byte[] record = new byte[44];
        Encoding.ASCII.GetBytes("app").CopyTo(record, 8);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(24), from);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(32), state);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(40), to);
        var envelope = new EventEnvelope(new EventOrigin(null, null, PrintEnvironment.Empty), time, 0, from, from, "app");
        PerfSample sample = _make.Sample(stack, thread: from, process: from, eventName: "sched:sched_switch", time: time);
        return new PerfSample
        {
            EventName = sample.EventName,
            CommandName = sample.CommandName,
            ProcessId = from,
            ThreadId = from,
            Cpu = cpu,
            TimestampNanoseconds = time,
            Frame = sample.Frame,
            CallStack = sample.CallStack,
            TraceEvent = Schema.Create(in envelope, record),
        };
    }
}
