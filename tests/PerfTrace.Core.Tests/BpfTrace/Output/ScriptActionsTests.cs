using System.Globalization;
using PerfTrace.Bpf;
using PerfTrace.BpfTrace;
using PerfTrace.Interop;
using static PerfTrace.Tests.BpfTrace.Output.OutputMaker;

namespace PerfTrace.Tests.BpfTrace.Output;

public sealed class ScriptActionsTests
{
    private static readonly StringType Name = new(16);

    private static ScriptActions Make(IReadOnlyDictionary<string, ScriptMapReader>? maps, params ScriptAction[] actions)
    {
        var make = new OutputMaker(MakePlan(actions));
        return new ScriptActions(make.Plan, make.Names, make.Values, maps ?? new Dictionary<string, ScriptMapReader>());
    }

    private static ScriptOutput? Do(ScriptAction action, params byte[][] values) => Make(null, action).Do(Event(action.Layout, 0, 1, values));

    private static BpfTracePrint Print(ScriptAction action, params byte[][] values) => Assert.IsType<PrintOutput>(Do(action, values)).Print;

    [Fact]
    public void Printf_gives_text_values_and_the_properties_that_the_format_names()
    {
        var action = new ScriptAction(ScriptActionKind.Printf, new EventLayout(IntegerType.Int32, Name, IntegerType.UInt64)) { Text = "pid=%d comm=%-6s| %lu text=\n" };
        BpfTracePrint print = Print(action, Bytes(7), Bytes("bash"), Bytes(9UL));
        Assert.Equal("pid=7 comm=bash  | 9 text=\n", print.Text);
        Assert.Equal(print.Text, print + "\n");
        Assert.Equal([7, "bash", 9UL], print.Values);
        Assert.Equal("interval:s:1", print.Probe);
        Assert.Equal(7, print.GetType().GetProperty("pid")!.GetValue(print));
        Assert.Equal("bash", print.GetType().GetProperty("comm")!.GetValue(print));
        Assert.Equal(["pid", "comm", "Text", "Values", "Probe"], print.GetType().GetProperties().Select(static p => p.Name));
    }

    [Fact]
    public void Properties_hide_none_of_the_print_and_come_once()
    {
        var action = new ScriptAction(ScriptActionKind.Printf, new EventLayout(IntegerType.Int32, IntegerType.Int32, IntegerType.Int32)) { Text = "text=%d a=%d A=%d" };
        BpfTracePrint print = Print(action, Bytes(1), Bytes(2), Bytes(3));
        Assert.Equal("text=1 a=2 A=3", print.Text);
        Assert.Equal(["a", "Text", "Values", "Probe"], print.GetType().GetProperties().Select(static p => p.Name));
        Assert.Same(print.GetType(), Print(action, Bytes(1), Bytes(2), Bytes(3)).GetType());
    }

    [Fact]
    public void Text_alone_has_no_values()
    {
        var action = new ScriptAction(ScriptActionKind.Printf, new EventLayout(IntegerType.Int32)) { Text = "n=%d" };
        var make = new OutputMaker(MakePlan(action));
        var actions = new ScriptActions(make.Plan, make.Names, make.Values, new Dictionary<string, ScriptMapReader>()) { IsTextOnly = true };
        BpfTracePrint print = Assert.IsType<PrintOutput>(actions.Do(Event(action.Layout, 0, 0, Bytes(5)))).Print;
        Assert.Equal("n=5", print.Text);
        Assert.Empty(print.Values);
    }

    [Fact]
    public void Print_writes_a_value_and_a_line_end()
    {
        BpfTracePrint print = Print(new ScriptAction(ScriptActionKind.PrintValue, new EventLayout(new TupleType([IntegerType.Int64, Name]))), Bytes(1L, "x"));
        Assert.Equal("(1, x)\n", print.Text);
        Assert.Equal(1L, Assert.IsType<BpfTraceTuple>(Assert.Single(print.Values))[0]);
    }

    [Fact]
    public void Messages_have_the_place_in_the_script()
    {
        var source = new ScriptSource("stdin", "BEGIN { errorf(\"bad %d\", 1); }");
        var action = new ScriptAction(ScriptActionKind.Errorf, new EventLayout(IntegerType.Int64)) { Text = "bad %d\n", Span = new SourceSpan(source, 8, 19) };
        ScriptDiagnostic message = Assert.IsType<MessageOutput>(Do(action, Bytes(1L))).Message;
        Assert.Equal(ScriptSeverity.Error, message.Severity);
        Assert.StartsWith("stdin:1:9-28: ERROR: bad 1\n", message.ToString(), StringComparison.Ordinal);
        message = Assert.IsType<MessageOutput>(Do(action with { Kind = ScriptActionKind.Warnf }, Bytes(1L))).Message;
        Assert.Equal(ScriptSeverity.Warning, message.Severity);
    }

    [Fact]
    public void Maps_are_printed_emptied_and_zeroed_in_order()
    {
        var map = new ScriptMap("@c", IntegerType.Int64, new AggregateType(AggregateKind.Sum, true), 10);
        ScriptAction[] all =
        [
            new(ScriptActionKind.PrintMap, new EventLayout()) { Map = map },
            new(ScriptActionKind.PrintMap, new EventLayout()) { Map = map, Top = 1, Divisor = 5 },
            new(ScriptActionKind.PrintEntry, new EventLayout(IntegerType.Int64)) { Map = map },
            new(ScriptActionKind.Zero, new EventLayout()) { Map = map },
            new(ScriptActionKind.Clear, new EventLayout()) { Map = map },
        ];
        using BpfMapAccess access = ScriptMapReaderTests.Fill(map, (Bytes(1L), [Bytes(4L)]), (Bytes(2L), [Bytes(40L), Bytes(60L)]));
        var make = new OutputMaker();
        ScriptActions actions = Make(new Dictionary<string, ScriptMapReader> { ["@c"] = new(map, access, make.Values) }, all);
        string? Text(int number, params byte[][] values) => (actions.Do(Event(all[number].Layout, number, 0, values)) as MapOutput)?.Text;
        Assert.Equal("@c[1]: 4\n@c[2]: 100\n", Text(0));
        Assert.Equal("@c[2]: 20\n", Text(1));
        Assert.Equal("100\n", Text(2, Bytes(2L)));
        Assert.Null(Text(3));
        Assert.Equal("@c[1]: 0\n@c[2]: 0\n", Text(0));
        Assert.Null(Text(4));
        Assert.Equal("", Text(0));
    }

    [Fact]
    public void Exit_time_and_join()
    {
        Assert.Equal(3, Assert.IsType<ExitOutput>(Do(new ScriptAction(ScriptActionKind.Exit, new EventLayout(IntegerType.Int32)), Bytes(3))).Status);
        string year = DateTime.Now.Year.ToString(CultureInfo.InvariantCulture);
        Assert.Equal($"{year}!\n", Print(new ScriptAction(ScriptActionKind.Time, new EventLayout()) { Text = "%Y!\n" }).Text);
        var join = new ScriptAction(ScriptActionKind.Join, new EventLayout(IntegerType.UInt64, new StringType(4), new StringType(4), new StringType(4))) { Text = "," };
        Assert.Equal("ls,-l\n", Print(join, Bytes(3L), Bytes("ls\0\0-l\0\0")).Text);
        Assert.Equal("ls\n", Print(join, Bytes(1L), Bytes("ls\0\0-l\0\0")).Text);
        Assert.Equal("abcd,efgh,ijkl\n", Print(join, Bytes(long.MaxValue), Bytes("abcdefghijkl")).Text);
    }

    [Fact]
    public void Cat_reads_as_much_as_it_may()
    {
        var cat = new ScriptAction(ScriptActionKind.Cat, new EventLayout(Name)) { Text = "/proc/%s/ostype" };
        Assert.Equal("Linux\n", Print(cat, Bytes("sys/kernel")).Text);
        ScriptDiagnostic message = Assert.IsType<MessageOutput>(Do(cat, Bytes("none"))).Message;
        Assert.Equal("cat() can not read '/proc/none/ostype': No such file or directory", message.Message);
        var zero = new ScriptAction(ScriptActionKind.Cat, new EventLayout()) { Text = "/dev/zero" };
        Assert.Equal(new ScriptSettings().MaximumCatBytes, Print(zero).Text.Length);
        Assert.Equal("cat() can not read '/proc': Is a directory", Assert.IsType<MessageOutput>(Do(zero with { Text = "/proc" })).Message.Message);
    }

    [Fact]
    public void Commands_run_only_when_they_may()
    {
        var action = new ScriptAction(ScriptActionKind.System, new EventLayout(IntegerType.Int64)) { Text = "echo a%db; echo c" };
        Assert.Equal("system() does not run 'echo a5b; echo c'", Assert.IsType<MessageOutput>(Do(action, Bytes(5L))).Message.Message);
        var make = new OutputMaker(MakePlan(action));
        using var stop = new CancellationTokenSource();
        var actions = new ScriptActions(make.Plan, make.Names, make.Values, new Dictionary<string, ScriptMapReader>()) { AllowsCommands = true, Stop = stop.Token };
        Assert.Equal("a5b\nc\n", Assert.IsType<PrintOutput>(actions.Do(Event(action.Layout, 0, 0, Bytes(5L)))).Print.Text);
    }

    [Fact]
    public void A_command_ends_when_the_script_is_stopped_and_its_output_has_a_bound()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        long start = Environment.TickCount64;
        Assert.Equal("x\n", ShellCommand.Run("echo x; sleep 60; echo y", stop.Token));
        Assert.InRange(Environment.TickCount64 - start, 0, 30_000);
        string much = ShellCommand.Run("head -c 3000000 /dev/zero | tr '\\0' a", CancellationToken.None);
        Assert.EndsWith($"a\n[{3000000 - (1 << 20)} more characters]\n", much, StringComparison.Ordinal);
    }

    [Fact]
    public void A_helpers_error_is_shown_once_and_counted()
    {
        var action = new ScriptAction(ScriptActionKind.HelperError, new EventLayout(IntegerType.Int32, IntegerType.Int32));
        ScriptActions actions = Make(null, action);
        ScriptDiagnostic? Message(int helper, int error) => (actions.Do(Event(action.Layout, 0, 0, Bytes(helper), Bytes(error))) as MessageOutput)?.Message;
        Assert.Equal("the map is full, and this element was not stored (bpf_map_update_elem: -7)", Message(2, -7)!.Message);
        Assert.Equal("can not be read, 0 is taken for it: Bad address (bpf_probe_read_user: -14)", Message(112, -14)!.Message);
        Assert.Null(Message(2, -7));
        Assert.Null(Message(2, -7));
        Assert.Equal([("bpf_map_update_elem", Errno.E2BIG, 3L), ("bpf_probe_read_user", Errno.EFAULT, 1L)], actions.HelperErrors.Select(static e => (e.Helper, e.Error, e.Count)));
        Assert.NotNull(Message(-5, int.MinValue));
    }

    [Fact]
    public void Events_of_no_action_or_too_short_are_counted()
    {
        var action = new ScriptAction(ScriptActionKind.PrintValue, new EventLayout(IntegerType.Int32));
        ScriptActions actions = Make(null, action);
        Assert.Null(actions.Do([]));
        Assert.Null(actions.Do(Bytes(0, 0)));
        Assert.Null(actions.Do(Bytes(0, 0, (short)1)));
        Assert.Null(actions.Do(Bytes(1, 0, 5L)));
        Assert.Null(actions.Do(Bytes(-1, 0, 5L)));
        Assert.Equal(5, actions.Damaged);
        Assert.NotNull(actions.Do(Bytes(0, 0, 5)));
        Assert.Equal(5, actions.Damaged);
    }
}
