using PerfTrace.BpfTrace;

namespace PerfTrace.Tests.BpfTrace.Sessions;

/// <summary>The <c>test</c> and <c>bench</c> probes of scripts.</summary>
[Trait("Machine", "Both")]
public sealed class ScriptTrialsTests
{
    private const string Trials = """
        begin { @m[1] = 5; printf("begins\n"); }
        test:okay { printf("nobody reads this\n"); }
        test:returns { print("here\n"); return @m[1] == 5 ? -3 : 0; }
        test:in_a_loop { for ($i : 0..100) { if ($i == 77) { return $i; } } }
        test:leaves { exit(3); }
        test:tells { errorf("no %s", "good"); warnf("hm"); }
        test:last { @m[2] = 1; if (@m[1] != 5) { return 1; } }
        bench:none { }
        bench:adds { @n++; printf("nobody reads this\n"); }
        bench:stacks { @s[kstack] = count(); }
        bench:loops { $i = 0; while ($i < 100) { $i++; @l = $i; } }
        bench:skips { @n = 0; return 1; }
        bench:fails { errorf("no"); }
        interval:ms:1 { printf("tick\n"); exit(9); }
        end { printf("ends\n"); }
        """;

    [Fact]
    public void TestsSayWhatCameOfThem()
    {
        BpfTraceOutput[] outputs = Run(Trials, BpfTraceMode.Test);

        Assert.Equal(["begins\n", "ends\n"], outputs.SelectMany(static o => o.Objects).OfType<BpfTracePrint>().Select(static p => p.Text));
        BpfTraceTestResult[] results = [.. outputs.SelectMany(static o => o.Objects).OfType<BpfTraceTestResult>()];
        Assert.Equal(
            [("okay", true, 0, 0, 0), ("returns", false, -3, 0, 0), ("in_a_loop", false, 77, 0, 0), ("leaves", false, 0, 3, 0), ("tells", false, 0, 0, 1), ("last", true, 0, 0, 0)],
            results.Select(static r => (r.Name, r.Passed, r.ReturnValue, r.ExitStatus, r.Errors.Length)));
        Assert.Equal("nobody reads this\n", results[0].Output);
        Assert.Equal("no good", Assert.Single(results[4].Errors));
        Assert.Contains("WARNING: hm", results[4].Output, StringComparison.Ordinal);
        Assert.All(results, static r => Assert.InRange(r.Duration, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(10)));
        ScriptDiagnostic[] messages = [.. outputs.Select(static o => o.Message).OfType<ScriptDiagnostic>()];
        Assert.Equal(
            [
                "the test 'returns' failed: it returned -3", "the test 'in_a_loop' failed: it returned 77", "the test 'leaves' failed: exit(3)", "the test 'tells' failed: no good",
            ],
            messages.Select(static m => m.Message));
        Assert.All(messages, static m => Assert.StartsWith("test:", m.Span.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void TestsAreTextAsBpftraceHasIt()
    {
        string text = string.Concat(Run("test:a { printf(\"not shown\\n\"); } test:b { printf(\"shown\\n\\n\"); return 1; }", BpfTraceMode.Test).Select(static o => o.Text));

        Assert.Matches(
            """
            ^\e\[32m\[==========\]\e\[0m Running 2 tests.
            \e\[32m\[ RUN      \]\e\[0m a
            \e\[32m\[       OK \]\e\[0m a \(\d+ (ns|us|ms)\)
            \e\[32m\[ RUN      \]\e\[0m b
            shown
            \e\[31m\[  FAILED  \]\e\[0m b \(\d+ (ns|us|ms)\)
            \e\[32m\[==========\]\e\[0m 2 tests ran.
            \e\[32m\[  PASSED  \]\e\[0m 1 test.
            \e\[31m\[  FAILED  \]\e\[0m 1 test, listed below:
            \e\[31m\[  FAILED  \]\e\[0m b
            $
            """.TrimEnd('\n'), text);
    }

    [Fact]
    public void BenchmarksAreMeasured()
    {
        BpfTraceOutput[] outputs = Run(Trials, BpfTraceMode.Benchmark);

        Assert.Equal(["begins\n", "ends\n"], outputs.SelectMany(static o => o.Objects).OfType<BpfTracePrint>().Select(static p => p.Text));
        BpfTraceBenchmark[] results = [.. outputs.SelectMany(static o => o.Objects).OfType<BpfTraceBenchmark>()];
        Assert.Equal(["none", "adds", "stacks", "loops", "skips", "fails"], results.Select(static r => r.Name));
        Assert.All(results[..4], static r => Assert.True(r is { Runs: > 0, IsSkipped: false } && r.Nanoseconds < 10_000_000));
        // A hundred rounds are more than none, whatever else the machine does.
        Assert.True(results[3].Nanoseconds > results[0].Nanoseconds);
        Assert.True(results[4] is { IsSkipped: true, Nanoseconds: null, Runs: 0 });
        Assert.True(results[5] is { IsSkipped: false, Nanoseconds: null, Errors: ["no"] });
        Assert.Equal("the benchmark 'fails' failed: no", Assert.Single(outputs.Select(static o => o.Message).OfType<ScriptDiagnostic>()).Message);
        string text = string.Concat(outputs.Select(static o => o.Text));
        Assert.Matches("^begins\nBenchmark {32}Time\\(ns\\) {7}Iterations\n-{66}\nnone {37}\\d+ +\\d+\nadds [^s]*\nstacks .*\nloops [^\n]*\nends\n$", text);
    }

    [Fact]
    public void WithoutAskingNeitherRuns() =>
        Assert.Equal(["a\n"], Run("begin { printf(\"a\\n\"); exit(); } test:x { printf(\"no\\n\"); return nosuch; } bench:x { printf(\"no\\n\"); }", BpfTraceMode.Trace).Select(static o => o.Text));

    [Fact]
    public void EachOfAListIsATestOfItsOwn()
    {
        BpfTraceTestResult[] results = [.. Run("test:a,TEST:b { printf(\"%s\", probe); }", BpfTraceMode.Test).SelectMany(static o => o.Objects).OfType<BpfTraceTestResult>()];

        Assert.Equal([("a", "test:a"), ("b", "TEST:b")], results.Select(static r => (r.Name, r.Output)));
    }

    [Fact]
    public void AStopEndsThemBetweenTwo()
    {
        using var stop = new CancellationTokenSource();
        using BpfTraceSession session = BpfTraceSession.Start(Request("test:a { } test:b { } end { printf(\"ends\\n\"); }", BpfTraceMode.Test), stop: stop.Token);
        var objects = new List<object>();
        foreach (BpfTraceOutput output in session.Read())
        {
            objects.AddRange(output.Objects);
            stop.Cancel();
        }

        Assert.Equal("a", Assert.IsType<BpfTraceTestResult>(objects[0]).Name);
        Assert.Equal("ends\n", Assert.IsAssignableFrom<BpfTracePrint>(Assert.Single(objects.Skip(1))).Text);
    }

    [Theory]
    [InlineData("test:a { }", BpfTraceMode.Trace, "no probe at an event")]
    [InlineData("bench:a { }", BpfTraceMode.Trace, "no probe at an event")]
    [InlineData("begin { } bench:a { }", BpfTraceMode.Test, "no test probe")]
    [InlineData("begin { } test:a { }", BpfTraceMode.Benchmark, "no bench probe")]
    [InlineData("test:a { } test:b { } test:a { }", BpfTraceMode.Test, "two test probes 'a'")]
    [InlineData("test:a { return \"text\"; }", BpfTraceMode.Test, "returns a number")]
    [InlineData("test { }", BpfTraceMode.Test, "test:NAME")]
    public void WhatCanNotRunIsSaid(string script, BpfTraceMode mode, string message) =>
        Assert.Contains(message, Assert.Throws<ScriptException>(() => Run(script, mode)).Message, StringComparison.Ordinal);

    private static BpfTraceRequest Request(string script, BpfTraceMode mode) => new() { Script = new ScriptSource(ScriptSource.CommandLineName, script), Mode = mode };

    private static BpfTraceOutput[] Run(string script, BpfTraceMode mode)
    {
        using BpfTraceSession session = BpfTraceSession.Start(Request(script, mode));
        BpfTraceOutput[] outputs = [.. session.Read()];
        Assert.Equal(0, session.Summary().Events);
        return outputs;
    }
}
