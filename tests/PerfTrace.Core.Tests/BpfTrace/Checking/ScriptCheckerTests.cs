using PerfTrace.BpfTrace;

namespace PerfTrace.Tests.BpfTrace;

public sealed class ScriptCheckerTests
{
    [Fact]
    public void Printf_becomes_an_action_with_the_types_of_its_values()
    {
        CheckedScript script = CheckedScript.Of("BEGIN { printf(\"hi %d %s %d\\n\", 1, comm, nsecs); exit(); }");
        Assert.Collection(script.Plan.Actions,
            static printf =>
            {
                Assert.Equal(ScriptActionKind.Printf, printf.Kind);
                Assert.Equal("hi %d %s %d\n", printf.Text);
                Assert.Equal(["int8", "string[16]", "uint64"], printf.Layout.Types.Select(static t => t.Name));
            },
            static exit => Assert.Equal((ScriptActionKind.Exit, 16), (exit.Kind, exit.Layout.Size)));
        Assert.Equal([0, 1], script.Tree.Probes[0].Body.Statements.Select(static s => ((CallExpression)((ExpressionStatement)s).Expression).Action!.Value));
    }

    [Fact]
    public void Calls_are_noted_with_what_they_mean()
    {
        CheckedScript script = CheckedScript.Of("tracepoint:sched:sched_switch { @[comm] = count(); @t = strftime(\"%H\", nsecs); print(@); clear(@); }");
        var statements = script.Tree.Probes[0].Body.Statements;
        Assert.Equal(ScriptFunction.Count, ((CallExpression)((AssignStatement)statements[0]).Value).Function);
        var time = (CallExpression)((AssignStatement)statements[1]).Value;
        Assert.Equal("%H", script.Plan.Texts[time.Text!.Value]);
        Assert.Equal([ScriptActionKind.PrintMap, ScriptActionKind.Clear], script.Plan.Actions.Select(static a => a.Kind));
        Assert.All(script.Plan.Actions, a => Assert.Same(script.Plan.Maps[0], a.Map));
    }

    [Theory]
    [InlineData("print(@x);", ScriptActionKind.PrintMap, "")]
    [InlineData("print(@x, 5, 2);", ScriptActionKind.PrintMap, "")]
    [InlineData("print(@x[1]);", ScriptActionKind.PrintValue, "int64")]
    [InlineData("print(@c[1]);", ScriptActionKind.PrintValue, "uint64")]
    [InlineData("print(@s[1]);", ScriptActionKind.PrintEntry, "int64")]
    [InlineData("print(\"a\");", ScriptActionKind.PrintValue, "string[2]")]
    [InlineData("print((1, pid));", ScriptActionKind.PrintValue, "(int8,uint32)")]
    [InlineData("print(args);", ScriptActionKind.PrintValue, "tracepoint:sched:sched_switch")]
    [InlineData("time();", ScriptActionKind.Time, "")]
    [InlineData("cat(\"/proc/%d/maps\", pid);", ScriptActionKind.Cat, "uint32")]
    [InlineData("errorf(\"%d\", 1);", ScriptActionKind.Errorf, "int8")]
    [InlineData("exit(3);", ScriptActionKind.Exit, "int32")]
    [InlineData("printf(\"%d\", @c[1]);", ScriptActionKind.Printf, "uint64")]
    public void What_is_done_outside_is_an_action(string statement, object kind, string types)
    {
        CheckedScript script = CheckedScript.Of($"tracepoint:sched:sched_switch {{ @x[1] = 1; @c[1] = count(); @s[1] = stats(1); {statement} }}");
        ScriptAction action = Assert.Single(script.Plan.Actions);
        Assert.Equal(kind, action.Kind);
        Assert.Equal(types, string.Join(' ', action.Layout.Types.Select(static t => t.Name)));
    }

    [Fact]
    public void A_probe_can_be_checked_for_several_contexts()
    {
        ReadScript read = ScriptReader.Read(new ScriptSource("stdin", "tracepoint:a:* { printf(\"%d\", args.value); @ = count(); print(1); }"), new ScriptOptions());
        var types = new RecordTypes(read.Tree, static () => null);
        Probe probe = Assert.Single(read.Tree.Probes);
        ProbeContext ContextOf(ScriptType type, int number) => CheckedScript.ContextOf(probe, types, number) with
        {
            Arguments = new RecordType("", "tracepoint:a:b", 8, 8, () => [new RecordField("value", type, 0)]),
        };
        ProbeContext narrow = ContextOf(IntegerType.Int32, 0), wide = ContextOf(IntegerType.UInt64, 1), same = ContextOf(IntegerType.Int32, 2);
        var checker = new ScriptChecker(read.Tree, types, read.Settings, [(probe, narrow), (probe, wide), (probe, same)], ["a", "b", "c"]);
        ScriptPlan plan = checker.Check();
        Assert.Equal([IntegerType.Int32, IntegerType.UInt64], plan.Actions.Where(static a => a.Kind == ScriptActionKind.Printf).Select(static a => a.Layout.Types[0]));
        Assert.Equal(3, plan.Actions.Count);
        var printf = (CallExpression)((ExpressionStatement)probe.Body.Statements[0]).Expression;
        int[] numbers = [.. new[] { narrow, wide, same }.Select(c =>
        {
            checker.CheckProbe(probe, c);
            Assert.Equal(c.Arguments!.Fields[0].Type, printf.Arguments[1].Type);
            return printf.Action!.Value;
        })];
        Assert.Equal(numbers[0], numbers[2]);
        Assert.NotEqual(numbers[0], numbers[1]);
        Assert.Equal(3, plan.Actions.Count);
    }

    [Theory]
    [InlineData("if comptime (typeinfo(pid).full_type == \"uint32\") { print(1); } else { print(comm + 1); }")]
    [InlineData("if comptime (typeinfo(comm).base_type != \"string\") { print(comm + 1); } else { print(1); }")]
    [InlineData("if comptime (is_integer(comm)) { print(comm + 1); } else { print(1); }")]
    [InlineData("if comptime (probetype == \"special\") { print(1); } else { print(args.x); }")]
    [InlineData("if comptime (sizeof(uint32) == 4) { print(1); } else { print(arg0); }")]
    [InlineData("if comptime (kfunc_exist(\"no_such_function\")) { print(comm + 1); } else { print(1); }")]
    public void The_branch_that_is_not_taken_is_not_checked(string statement) =>
        Assert.Equal("int8", Assert.Single(Assert.Single(CheckedScript.Of($"begin {{ {statement} }}").Plan.Actions).Layout.Types).Name);

    [Fact]
    public void The_name_of_a_signal_is_noted_as_its_number()
    {
        CheckedScript script = CheckedScript.Of("kprobe:f { signal(\"SIGKILL\"); signal(\"USR1\"); signal(19); }", new ScriptSettings { IsUnsafeAllowed = true });
        Assert.Equal([9, 10, 19], script.Tree.Probes[0].Body.Statements.Select(static s => ((CallExpression)((ExpressionStatement)s).Expression).Arguments[0].Constant!.Value));
        Assert.Contains("did you mean SIGKILL", CheckedScript.Error("kprobe:f { signal(\"SIGKIL\"); }", new ScriptSettings { IsUnsafeAllowed = true }), StringComparison.Ordinal);
    }

    [Fact]
    public void Variables_of_blocks_beside_each_other_are_different_ones()
    {
        CheckedScript script = CheckedScript.Of("begin { if (pid) { $a = 1; print($a); } else { $a = \"x\"; print($a); } }");
        Assert.Equal(["int8", "string[2]"], script.Plan.Actions.Select(static a => a.Layout.Types[0].Name));
    }

    [Theory]
    [InlineData("begin { pid; }", "1:9-12: WARNING: the value is not used")]
    [InlineData("begin { let $a; print($a + 1); $a = 5; }", "1:23-25: WARNING: $a is used before it is assigned: it is 0")]
    [InlineData("let @a = hash(5); begin { }", "1:1-18: WARNING: @a is declared and never used")]
    [InlineData("begin { $s = str(kaddr(\"x\"), 5000); print($s); }", "1:30-34: WARNING: the string may have 1023 bytes, not 5000")]
    [InlineData("begin { let $a: uint64 = 1; $b = (int64)-1; $a = $b; print($a); }", "1:45-52: WARNING: $a is of type uint64, and the value of type int64 has the other sign")]
    public void A_warning_has_a_place(string text, string warning) =>
        Assert.Contains(CheckedScript.Of(text).Warnings, w => w.StartsWith($"stdin:{warning}\n", StringComparison.Ordinal));

    [Fact]
    public void What_bpftraces_manual_shows_has_no_warnings()
    {
        CheckedScript script = CheckedScript.Of("""
            kprobe:vfs_read { @start[tid] = nsecs; }
            kretprobe:vfs_read /@start[tid]/ { @us[comm] = hist((nsecs - @start[tid]) / 1000); delete(@start, tid); @bytes = sum(retval); }
            tracepoint:syscalls:sys_enter_openat { printf("%-6d %-16s %s\n", pid, comm, str(args.filename)); }
            profile:hz:99 /pid != 0/ { @[kstack, ustack(5), comm] = count(); }
            interval:s:1 { print(@us); clear(@us); time("%H:%M:%S\n"); }
            end { clear(@start); }
            """);
        Assert.Empty(script.Warnings);
        Assert.Equal(["@start", "@us", "@bytes", "@"], script.Plan.Maps.Select(static m => m.Name));
    }
}
