using System.Text;
using PerfTrace.Events;
using PerfTrace.Events.Matching;
using PerfTrace.Events.Printing;
using PerfTrace.Kernel;
using PerfTrace.Tests.Support;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing.Reading;

public sealed class TraceTextTests
{
    private const string Head = """
        # tracer: nop
        #
        #           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
        #              | |         |   |||||     |         |

        """;

    private static readonly EventFormat Switch = EventFormatParser.Parse("sched", """
        name: sched_switch
        ID: 314
        format:
        	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
        	field:int common_pid;	offset:4;	size:4;	signed:1;

        	field:char prev_comm[16];	offset:8;	size:16;	signed:0;
        	field:pid_t prev_pid;	offset:24;	size:4;	signed:1;
        	field:int prev_prio;	offset:28;	size:4;	signed:1;
        	field:long prev_state;	offset:32;	size:8;	signed:1;
        	field:char next_comm[16];	offset:40;	size:16;	signed:0;
        	field:pid_t next_pid;	offset:56;	size:4;	signed:1;
        	field:int next_prio;	offset:60;	size:4;	signed:1;

        print fmt: "prev_comm=%s prev_pid=%d prev_prio=%d prev_state=%s%s ==> next_comm=%s next_pid=%d next_prio=%d", REC->prev_comm, REC->prev_pid, REC->prev_prio, (REC->prev_state & 0xff) ? __print_flags(REC->prev_state & 0xff, "|", { 0x01, "S" }, { 0x02, "D" }) : "R", REC->prev_state & 0x100 ? "+" : "", REC->next_comm, REC->next_pid, REC->next_prio
        """);

    [Theory]
    [InlineData("            bash-1977    [000] d..2. 15514.428719: hello", "bash", 1977, null, 0, 15514428719000L)]
    [InlineData("  Web Content #1-1977    [003] 15514.428719: hello", "Web Content #1", 1977, null, 3, 15514428719000L)]
    [InlineData(" a-b-12 [0] 1.2:-7       (    42) [011] ..... 15514.428719: hello", "a-b-12 [0] 1.2:", 7, 42, 11, 15514428719000L)]
    [InlineData("           <...>-7       (-------) [000] dNh2. 15514.428719: hello", null, 7, null, 0, 15514428719000L)]
    [InlineData("          <idle>-0       [001] d.s3.            4711: hello", "swapper/1", 0, 0, 1, null)]
    [InlineData("   kworker/u8:5+-7654321 [127] d..2. 15514.428719: hello", "kworker/u8:5+", 7654321, null, 127, 15514428719000L)]
    public void The_head_of_a_line_is_taken_apart(string line, string? name, int thread, int? process, int cpu, long? time)
    {
        TraceRecord record = Assert.Single(Parse(Head + line));
        Assert.Equal((name, thread, process, cpu, "hello"), (record.CommandName, record.ThreadId, record.ProcessId, record.Cpu, record.Message));
        Assert.Equal(time, record.Timestamp?.Ticks * 100);
        Assert.IsType<TraceText>(record);
    }

    [Fact]
    public void The_latency_format_has_no_times_and_short_names()
    {
        TraceRecord[] records = Parse("""
            # tracer: nop
            #
            # nop latency trace v1.1.5 on 6.12.0
              <idle>-0         1d.s3.    0us : hello: there
            Pipeline-26505     0.....  453us!: tracing_mark_write: mark
                bash-77       11dN.3. 1453us+: x
            """);
        Assert.Equal([("swapper/1", 0, 1), (null, 26505, 0), ("bash", 77, 11)], records.Select(static r => (r.CommandName, r.ThreadId!.Value, r.Cpu!.Value)));
        Assert.All(records, static r => Assert.Null(r.Timestamp));
        Assert.Equal("mark", Assert.IsType<TraceMarker>(records[1]).Text);
    }

    [Fact]
    public void An_event_has_what_its_text_tells()
    {
        dynamic e = Assert.Single(Parse(Head + Line("sched_switch: prev_comm=a b prev_pid=-3 prev_prio=120 prev_state=S|D+ ==> next_comm= next_pid=77 next_prio=-1"), Switch));
        Assert.Equal(("a b", -3, 120, "", 77, -1), ((string)e.prev_comm, (int?)e.prev_pid, (int?)e.prev_prio, (string)e.next_comm, (int?)e.next_pid, (int?)e.next_prio));
        Assert.Equal("sched:sched_switch", (string)e.EventName);
        // Some bits of a state have no name, so that the number is not known; the name is.
        Assert.Null((long?)e.prev_state);
        Assert.Equal("S|D+", (string)e.prev_state_symbol);
        Assert.Equal(["prev_state"], (IReadOnlyList<string>)e.UnknownFields);
    }

    [Fact]
    public void What_can_be_read_in_two_ways_is_not_known()
    {
        // A name that looks like what follows it: where does it end?
        dynamic e = Assert.Single(Parse(Head + Line("sched_switch: prev_comm=x prev_pid=1 prev_prio=2 prev_state=R ==> next_comm=y next_pid=3 next_prio=4 prev_pid=5 prev_prio=6 prev_state=S ==> next_comm=z next_pid=7 next_prio=8"), Switch));
        Assert.Null((string?)e.prev_comm);
        Assert.Null((int?)e.prev_pid);
        Assert.Null((string?)e.next_comm);
        Assert.Equal((7, 8), ((int?)e.next_pid, (int?)e.next_prio));
        Assert.Contains("prev_comm", (IReadOnlyList<string>)e.UnknownFields);
    }

    [Theory]
    [InlineData("sched_switch: prev_comm=a prev_pid=1")]
    [InlineData("sched_switch: prev_comm=a prev_pid=01 prev_prio=120 prev_state=S ==> next_comm=b next_pid=77 next_prio=1")]
    [InlineData("sched_switch: prev_comm=a prev_pid=99999999999 prev_prio=120 prev_state=S ==> next_comm=b next_pid=77 next_prio=1")]
    public void A_text_that_the_event_can_not_have_stays_text(string message)
    {
        TraceText text = Assert.IsType<TraceText>(Assert.Single(Parse(Head + Line(message), Switch)));
        Assert.Equal(("sched:sched_switch", message["sched_switch: ".Length..]), (text.EventName, text.Message));
    }

    [Fact]
    public void An_event_of_two_systems_is_that_whose_text_it_is()
    {
        EventFormat other = Switch with { System = "other", PrintFormat = "\"pid=%d\", REC->next_pid" };
        TraceRecord[] records = Parse(Head + Line("sched_switch: pid=7") + "\n" + Line("sched_switch: pid=x"), Switch, other);
        Assert.Equal("other:sched_switch", Assert.IsAssignableFrom<TraceEvent>(records[0]).EventName);
        Assert.Equal("sched_switch", Assert.IsType<TraceText>(records[1]).EventName);
    }

    [Fact]
    public void Markers_losses_and_lines_that_go_on()
    {
        TraceTextParser parser = Parser([]);
        TraceRecord[] records = Run(parser, Head + Line("tracing_mark_write: one: two") + "\nCPU:3 [LOST 123 EVENTS]\nCPU:1 [LOST EVENTS]\nCPU:3 [LOST 2 EVENTS]\n##### CPU 1 buffer started ####\n"
            + Line("something") + "\nthat goes on\n=> and on");
        Assert.Equal(2, records.Length);
        Assert.Equal("one: two", Assert.IsType<TraceMarker>(records[0]).Text);
        Assert.Equal("something\nthat goes on\n=> and on", records[1].Message);
        Assert.Equal(125, parser.LostPerCpu[3]);
        Assert.True(parser.HasUncountedLoss);
    }

    [Fact]
    public void Functions_with_their_callers()
    {
        TraceRecord[] records = Parse(File.ReadAllText(Repository.Data("trace/function")));
        Assert.True(records.Length > 20);
        FunctionEntry first = Assert.IsType<FunctionEntry>(records[0]);
        Assert.Equal(("rw_verify_area", "kernel_read", null, "dd", 201, 0), (first.Function, first.Caller, first.Module, first.CommandName, first.ThreadId, first.Cpu));
        Assert.Equal("rw_verify_area <-kernel_read", first.Message);
        Assert.All(records, static r => Assert.IsType<FunctionEntry>(r));
        var module = (FunctionEntry)Parse("# tracer: function\n" + Line("ovl_open [overlay] <-do_dentry_open"))[0];
        Assert.Equal(("ovl_open", "overlay", "do_dentry_open"), (module.Function, module.Module, module.Caller));
    }

    [Fact]
    public void Stacks_are_part_of_what_they_follow()
    {
        TraceRecord[] records = Parse(File.ReadAllText(Repository.Data("trace/function-stack")));
        Assert.All(records[..^1], static r => Assert.NotEmpty(Assert.IsType<FunctionEntry>(r).CallStack!.Kernel));
        Assert.Equal(["[FTRACE TRAMPOLINE]", "rw_verify_area", "kernel_read", "bprm_execve"], records[0].CallStack!.Kernel.Take(4));

        // Between them, lines of another CPU; a stack of nothing that is there stands alone.
        TraceRecord[] mixed = Parse(Head + Line("one") + "\n" + Line("other").Replace("[000]", "[001]") + "\n" + Line("<stack trace>") + "\n => f\n => g\n" + Line("<user stack trace>")
            + "\n =>  <00007f00>\n" + Line("<stack trace>").Replace("-7 ", "-8 ") + "\n => h");
        Assert.Equal(["one", "other", "<stack trace>"], mixed.Select(static r => r.Message));
        Assert.Equal(["f", "g"], mixed[0].CallStack!.Kernel);
        Assert.Equal(["<00007f00>"], mixed[0].CallStack!.User);
        Assert.Null(mixed[1].CallStack);
        Assert.Equal(["h"], mixed[2].CallStack!.Kernel);
    }

    [Theory]
    [InlineData("graph", false, false)]
    [InlineData("graph-funcgraph-abstime", true, false)]
    [InlineData("graph-funcgraph-proc", true, true)]
    [InlineData("graph-funcgraph-tail", true, true)]
    public void Calls_with_their_depths_and_durations(string file, bool hasTime, bool hasThread)
    {
        FunctionGraphEntry[] calls = [.. Parse(File.ReadAllText(Repository.Data("trace/" + file))).Cast<FunctionGraphEntry>()];
        int at = Array.FindIndex(calls, static c => c.Function == "ksys_read");
        Assert.Equal([("ksys_read", 0, 395_052UL, false), ("vfs_read", 1, 350_195, false), ("rw_verify_area", 2, 10_544, true), ("rw_verify_area", 2, 267_530, true)],
            calls.Skip(at).Take(4).Select(static c => (c.Function!, c.Depth, c.DurationNanoseconds!.Value, c.IsLeaf!.Value)));
        Assert.Equal(3_403_642UL, calls[0].DurationNanoseconds);
        Assert.All(calls, static c => Assert.Equal(0, c.Cpu));
        Assert.Equal(hasTime ? TimeSpan.FromTicks(193_420_960) : null, calls[0].Timestamp);
        Assert.Equal((hasThread ? 206 : null, hasThread ? "cat" : null), (calls[0].ThreadId, calls[0].CommandName));
        Assert.Equal("  vfs_read() {", calls[at + 1].Message);
    }

    [Fact]
    public void Calls_in_the_latency_format()
    {
        FunctionGraphEntry first = (FunctionGraphEntry)Parse(File.ReadAllText(Repository.Data("trace/graph-latency-format")))[0];
        Assert.Equal(("rw_verify_area", 3_403_642UL, 0, 206, "cat"), (first.Function, first.DurationNanoseconds, first.Depth, first.ThreadId, first.CommandName));
    }

    [Fact]
    public void Calls_without_durations()
    {
        FunctionGraphEntry[] calls = [.. Parse(File.ReadAllText(Repository.Data("trace/graph-no-funcgraph-duration"))).Cast<FunctionGraphEntry>()];
        int at = Array.FindIndex(calls, static c => c.Function == "ksys_read");
        Assert.Equal([0, 1, 2, 2], calls.Skip(at).Take(4).Select(static c => c.Depth));
        Assert.All(calls, static c => Assert.Null(c.Duration));
        Assert.All(Parse(File.ReadAllText(Repository.Data("trace/graph-no-funcgraph-cpu"))), static r => Assert.Null(r.Cpu));
    }

    [Fact]
    public void Events_among_calls_and_who_runs()
    {
        TraceRecord[] records = Parse(File.ReadAllText(Repository.Data("trace/top-graph")), Switch);
        TraceEvent[] switches = [.. records.OfType<TraceEvent>()];
        Assert.True(switches.Length > 10);
        Assert.All(switches, static e => Assert.Equal(e.ThreadId, (int?)((dynamic)e).prev_pid));
        Assert.Contains(records.OfType<FunctionGraphEntry>(), static c => c is { Function: "vfs_write", ThreadId: 176, CommandName: "sh" });
    }

    [Fact]
    public void Calls_that_do_not_return_and_returns_without_a_call()
    {
        FunctionGraphEntry[] calls = [.. Parse("""
            # tracer: function_graph
            # CPU  DURATION                  FUNCTION CALLS
             0)   1.500 us    |    } /* inner */
             0)   9.000 us    |  }
             0)               |  a() {
             0)               |    b() {
             1)   0.250 us    |  x(); /* = 0x2a */
             0)   2.000 us    |      c();
            """).Cast<FunctionGraphEntry>()];
        Assert.Equal(["inner", null, "x", "a", "b", "c"], calls.Select(static c => c.Function));
        Assert.Equal((1_500UL, null), (calls[0].DurationNanoseconds!.Value, calls[0].IsLeaf));
        Assert.Equal(0x2aUL, calls[2].ReturnValue);
        Assert.Equal((null, false), (calls[3].DurationNanoseconds, calls[3].IsLeaf));
        Assert.Equal((null, false), (calls[4].DurationNanoseconds, calls[4].IsLeaf));
        Assert.True(calls[5].IsLeaf);
    }

    [Fact]
    public void Any_text_is_read_to_an_end()
    {
        var random = new Random(20261121);
        string[] sources =
        [
            .. Directory.GetFiles(Repository.Data("trace")).Where(static f => !f.EndsWith(".md", StringComparison.Ordinal)).Select(File.ReadAllText),
            Head + Line("sched_switch: prev_comm=a b prev_pid=-3 prev_prio=120 prev_state=S|D+ ==> next_comm= next_pid=77 next_prio=-1") + "\nCPU:3 [LOST 123 EVENTS]\n" + Line("<stack trace>") + "\n => f\n",
        ];
        long records = 0, events = 0;
        for (int i = 0; i < 3_000; i++)
        {
            byte[] text = Encoding.UTF8.GetBytes(sources[i % sources.Length]);
            for (int edits = random.Next(30); edits > 0; edits--)
            {
                int at = random.Next(text.Length);
                switch (random.Next(3))
                {
                    case 0: text[at] = (byte)random.Next(256); break;
                    case 1: text[at] = (byte)"\n :-[]|(){}/*=>us#"[random.Next(18)]; break;
                    default: text.AsSpan(at, Math.Min(random.Next(40), text.Length - at)).Reverse(); break;
                }
            }
            foreach (TraceRecord record in Run(Parser([Switch]), text))
            {
                records++;
                // All of it can be asked for.
                _ = (record.Message, record.EventName, record.Timestamp, record.Time, record.CallStack?.Kernel, record.ToString());
                if (record is TraceEventText e)
                    events += e.UnknownFields.Count + 1;
            }
        }
        Assert.True(records > 50_000 && events > 4_000, $"{records} records, {events} fields");
    }

    private static string Line(string message) => $"            bash-7       [000] d..2. 15514.428719: {message}";

    private static TraceRecord[] Parse(string text, params EventFormat[] formats) => Run(Parser(formats), text);

    private static TraceTextParser Parser(EventFormat[] formats) => new(new TraceTextBuilder(
        new TraceEventNames(name => [.. formats.Where(f => f.Name == name)]), new EventOrigin(null, null, PrintEnvironment.Empty)));

    private static TraceRecord[] Run(TraceTextParser parser, string text) => Run(parser, Encoding.UTF8.GetBytes(text));

    private static TraceRecord[] Run(TraceTextParser parser, byte[] text)
    {
        var records = new List<TraceRecord>();
        ReadOnlySpan<byte> rest = text;
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)'\n');
            parser.Add(end < 0 ? rest : rest[..end]);
            rest = end < 0 ? [] : rest[(end + 1)..];
            while (parser.TryTake(out TraceRecord? record))
                records.Add(record);
        }
        parser.Finish();
        while (parser.TryTake(out TraceRecord? record))
            records.Add(record);
        return [.. records];
    }
}
