using PerfTrace.BpfTrace;
using PerfTrace.Events.Filtering;
using PerfTrace.Kernel;
using static PerfTrace.Tests.BpfTrace.Queries.Queries;

namespace PerfTrace.Tests.BpfTrace.Queries;

/// <summary>What becomes of queries, as scripts of the language.</summary>
[Trait("Machine", "Both")]
public sealed class QueryBuilderTests
{
    private static readonly KernelEventQuery Read = new() { Events = ["syscalls:sys_exit_read"] };

    private static readonly KernelEventQuery Open = new() { Events = ["syscalls:sys_enter_openat"] };

    private static readonly KernelEventQuery Switch = new() { Events = ["sched:sched_switch"] };

    private static string[] Lines(KernelEventQuery query) =>
        [.. KernelEventSession.Describe(query).Split('\n').Select(static l => l.Trim()).Where(static l => l.Length > 0)];

    // The condition of the only probe.
    private static string Predicate(KernelEventQuery query)
    {
        string head = Lines(query)[0];
        int slash = head.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? "" : head[(slash + 1)..head.LastIndexOf('/')];
    }

    private static ScriptDiagnostic Error(KernelEventQuery query) => Assert.Single(Assert.Throws<ScriptException>(() => KernelEventSession.Describe(query)).Diagnostics);

    [Fact]
    public void OneAggregateHasItsKeyInPlace() => Assert.Equal(
        ["tracepoint:syscalls:sys_exit_read /args.ret > 0/ {", "@sum[comm] = sum(args.ret);", "}"],
        Lines(Read with { Where = Is("ret", ComparisonOperator.Greater, 0), GroupBy = [By("CommandName")], Sum = Property("ret") }));

    [Fact]
    public void SeveralAggregatesShareTheirKey() => Assert.Equal(
        ["let $key = (comm, (int32)pid);", "@minimum[$key] = min(args.ret);", "@histogram[$key] = hist(args.ret);"],
        Lines(Read with { GroupBy = [By("commandname"), By("ProcessId")], Minimum = Property("RET"), Histogram = new QueryHistogram(Property("ret")) })[2..^1]);

    [Fact]
    public void NothingAskedForIsACount() => Assert.Equal("@count = count();", Lines(Read)[1]);

    [Fact]
    public void AnAverageKnowsItsSumAndCount() =>
        Assert.Equal(["@average = avg(args.ret);", "}"], Lines(Read with { Average = Property("ret"), Sum = Property("ret"), Count = true })[1..]);

    [Fact]
    public void EventsWithoutFieldsShareAProgram()
    {
        string[] lines = Lines(new KernelEventQuery { Events = ["syscalls:sys_enter_read", "syscalls:sys_enter_write"], GroupBy = [By("Cpu")] });

        Assert.Single(lines, static l => l.StartsWith("@count", StringComparison.Ordinal));
        Assert.Contains("@count[probe, (int32)cpu] = count();", lines);
    }

    [Fact]
    public void TheEventsNameIsAGroupInAnyCase() => Assert.Equal(Lines(Read with { GroupBy = [By("ret")] }), Lines(Read with { GroupBy = [By("eventname"), By("ret")] }));

    [Fact]
    public void EventsWithFieldsHaveOneEach() => Assert.Equal(2,
        Lines(new KernelEventQuery { Events = ["syscalls:sys_exit_read", "syscalls:sys_exit_write"], Sum = Property("ret") }).Count(static l => l == "@sum[probe] = sum(args.ret);"));

    [Fact]
    public void EachFunctionOfAPatternIsMeasuredOnce()
    {
        var resolver = new ProbeResolver(new ProbeTypes(new RecordTypes(new ScriptTree { Source = new ScriptSource("", "") })), ProbeOptions.Default, SystemPaths.Default);

        Probe probe = Assert.Single(QueryBuilder.Build(new KernelEventQuery { Events = ["uprobe:/bin/bash:readl*"], Count = true }, resolver).Script.Tree.Probes);

        Assert.InRange(probe.AttachPoints.Count, 2, 50);
        Assert.DoesNotContain(probe.AttachPoints, static p => p.IsPattern);
        Assert.Equal(probe.AttachPoints.Count, probe.AttachPoints.SelectMany(p => resolver.Resolve(p)).Select(static t => t.Name).Distinct().Count());
        Assert.Equal(probe.AttachPoints.Count, probe.AttachPoints.Sum(p => resolver.Resolve(p).Count));
    }

    [Fact]
    public void AProcessIsMeasuredUntilTheLastOfItsThreadsHasEnded()
    {
        string text = KernelEventSession.Describe(Read with { ProcessIds = [17] });

        Assert.Contains("if (tid != pid)", text, StringComparison.Ordinal);
        Assert.Contains("if (curtask.signal.live.counter == 0)", text, StringComparison.Ordinal);
    }

    [Fact]
    public void AnIntervalIsPartOfTheKey() =>
        Assert.Equal("@count[elapsed / (uint64)500000000] = count();", Lines(Read with { Interval = TimeSpan.FromMilliseconds(500) })[^2]);

    [Fact]
    public void LatenciesPairEntryAndExit()
    {
        string text = KernelEventSession.Describe(new KernelEventQuery { Events = ["syscalls:sys_enter_read"], IsLatency = true, Where = Is("count", ComparisonOperator.Equal, 1000) });

        Assert.Contains("tracepoint:syscalls:sys_exit_read", text, StringComparison.Ordinal);
        Assert.Contains("let $latency = nsecs - $start;", text, StringComparison.Ordinal);
        Assert.Contains("@entry_count[tid] = args.count;", text, StringComparison.Ordinal);
        Assert.Contains("delete(@start, tid);", text, StringComparison.Ordinal);
        Assert.Contains("@histogram = hist($latency);", text, StringComparison.Ordinal);
    }

    [Fact]
    public void ProcessesAreFollowedUnlessNot()
    {
        Assert.Contains("@targets[(uint64)args.child_pid] = 1;", Lines(Read with { ProcessIds = [17] }));
        Assert.Equal("pid == 17 || pid == 18", Predicate(Read with { ProcessIds = [17, 18], IncludesChildren = false }));
    }

    public static TheoryData<object?, int, string?> Numbers() => new()
    {
        { 5, (int)ComparisonOperator.Equal, "args.prev_prio == 5" },
        { "0x10", (int)ComparisonOperator.Greater, "args.prev_prio > 16" },
        { 1.5, (int)ComparisonOperator.Less, "args.prev_prio <= 1" },
        { 1.5, (int)ComparisonOperator.GreaterOrEqual, "args.prev_prio > 1" },
        { -1, (int)ComparisonOperator.NotEqual, "args.prev_prio != -1" },
        { 1L << 40, (int)ComparisonOperator.Less, "" }, // always
        { 1.5, (int)ComparisonOperator.Equal, "false" },
        { null, (int)ComparisonOperator.Equal, "false" },
        { null, (int)ComparisonOperator.NotEqual, "" },
        { null, (int)ComparisonOperator.Greater, "args.prev_prio > -1" },
        { null, (int)ComparisonOperator.GreaterOrEqual, "args.prev_prio > -1" },
        { null, (int)ComparisonOperator.Less, "args.prev_prio <= -1" },
        { null, (int)ComparisonOperator.LessOrEqual, "args.prev_prio <= -1" },
        { 1L << 40, (int)ComparisonOperator.Greater, "false" },
    };

    [Theory]
    [MemberData(nameof(Numbers))]
    public void NumbersAreComparedAsPowerShellDoes(object? value, int comparison, string? expected) =>
        Assert.Equal(expected, Predicate(Switch with { Where = Is("prev_prio", (ComparisonOperator)comparison, value) }));

    [Fact]
    public void WhatNumbersDecideComesBeforeTexts()
    {
        string[] lines = Lines(Switch with { Where = And(Is("prev_comm", ComparisonOperator.Equal, "cat", isCaseSensitive: true), Is("prev_pid", ComparisonOperator.Greater, 1)) });

        Assert.Equal("tracepoint:sched:sched_switch /args.prev_pid > 1/ {", lines[0]);
        Assert.Equal(["let $text0 = args.prev_comm;", "if ($text0 == \"cat\") {", "@count = count();"], lines[1..4]);
    }

    [Fact]
    public void CaseIsFoldedByteByByte() =>
        Assert.Equal("if (($text0[0] | 32) == 97 && $text0[1] == 49 && $text0[2] == 0) {", Lines(Switch with { Where = Is("prev_comm", ComparisonOperator.Equal, "A1") })[2]);

    [Fact]
    public void TheBeginOfATextNeedsNoLoop() =>
        Assert.Equal("if ($text0[0] == 47 && $text0[1] == 101) {", Lines(Open with { Where = Like("filename", "/e*") })[2]);

    [Fact]
    public void ArithmeticIsTheKernels() => Assert.Equal("args.ret * 2 - 1 > 10",
        Predicate(Read with { Where = new QueryExpression.Compare(Calculate(Calculate(Property("ret"), QueryOperator.Multiply, Known(2)), QueryOperator.Subtract, Known(1)),
            ComparisonOperator.Greater, Known(10), false, Span("…")) }));

    public static TheoryData<object?, int, object?, string> Quotients() => new()
    {
        { 1024, (int)ComparisonOperator.Greater, 4, "args.ret > 4096" },
        { 1024, (int)ComparisonOperator.Less, 1.5, "args.ret < 1536" },
        { 3, (int)ComparisonOperator.GreaterOrEqual, 0.5, "args.ret > 1" },
        { 10, (int)ComparisonOperator.Equal, 0.1, "args.ret == 1" },
        { 2, (int)ComparisonOperator.Equal, 0.25, "false" },
        { 1e6, (int)ComparisonOperator.Less, "2", "args.ret < 2000000" },
        { -2, (int)ComparisonOperator.Less, 3, "args.ret > -6" },
        { 2, (int)ComparisonOperator.Greater, null, "args.ret > -1" },
        { long.MaxValue, (int)ComparisonOperator.Greater, long.MaxValue, "false" },
    };

    [Theory]
    [MemberData(nameof(Quotients))]
    public void AComparedQuotientKeepsItsFraction(object? divisor, int comparison, object? value, string expected) =>
        Assert.Equal(expected, Predicate(Read with { Where = new QueryExpression.Compare(Quotient("ret", divisor), (ComparisonOperator)comparison, Known(value), false, Span("…")) }));

    private static QueryExpression Quotient(string name, object? divisor) => Calculate(Property(name), QueryOperator.Divide, Known(divisor));

    [Fact]
    public void ARemainderHasTheSignOfWhatIsDivided() => Assert.Equal("args.ret % 3 == -1", Predicate(Read with
    {
        Where = new QueryExpression.Compare(Calculate(Property("ret"), QueryOperator.Remainder, Known(-3)), ComparisonOperator.Equal, Known(-1), false, Span("…")),
    }));

    [Theory]
    [InlineData("args.ret / 10", false)]
    [InlineData("args.ret % 10 < 0 ? args.ret / 10 - 1 : args.ret / 10", true)]
    public void AWholeQuotientIsAValue(string expected, bool isFloor) => Assert.Contains($"@sum = sum({expected});",
        Lines(Read with { Sum = new QueryExpression.Unary(isFloor ? QueryOperator.Floor : QueryOperator.Truncate, Quotient("ret", 10), Span("…")) }));

    [Fact]
    public void AQuotientAloneIsRefused() => Assert.Contains("may have a fraction", Error(Read with { Sum = Quotient("ret", 10) }).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(QueryOperator.Remainder, 0)]
    [InlineData(QueryOperator.Remainder, 1.5)]
    [InlineData(QueryOperator.Remainder, "x")]
    [InlineData(QueryOperator.Divide, 0)]
    [InlineData(QueryOperator.Divide, null)]
    public void WhatDividesIsKnownAndNotNothing(QueryOperator operation, object? divisor) => Assert.Contains("that is known before", Error(Read with
    {
        Where = new QueryExpression.Compare(Calculate(Property("ret"), operation, Known(divisor)), ComparisonOperator.Equal, Known(1), false, Span("…")),
    }).Message, StringComparison.Ordinal);

    [Fact]
    public void ASignIsNotMistakenForALargeNumber() => Assert.Equal("args.ret < 0 || (uint64)args.ret < (uint64)18446744073709551615",
        Predicate(Read with { Where = new QueryExpression.Compare(Property("ret"), ComparisonOperator.Less, Calculate(Known(ulong.MaxValue), QueryOperator.BitwiseOr, Known(0)), false, Span("…")) })
            .Replace(" | 0", "", StringComparison.Ordinal).Replace("(18446744073709551615)", "18446744073709551615", StringComparison.Ordinal));

    [Fact]
    public void APropertyThatIsNotThereIsToldWithItsNeighbour()
    {
        ScriptDiagnostic error = Error(Read with { Sum = Property("rett") });

        Assert.Equal(("syscalls:sys_exit_read has no 'rett'", "did you mean ret?"), (error.Message, error.Hint));
    }

    [Fact]
    public void TextsAreNotAddedUp() => Assert.Contains("is no number", Error(Switch with { Sum = Property("prev_comm") }).Message, StringComparison.Ordinal);

    [Fact]
    public void NumbersAreNotLikePatterns() => Assert.Contains("is no text", Error(Read with { Where = Like("ret", "1*") }).Message, StringComparison.Ordinal);

    [Fact]
    public void StacksAreNoConditions() => Assert.Contains("call stack", Error(Read with { Where = Property("KernelStack") }).Message, StringComparison.Ordinal);

    [Fact]
    public void MoreOfARegexThanAPatternIsRefused() => Assert.Contains("'|'", Error(Open with { Where = Like("filename", "a|b", isRegex: true) }).Message, StringComparison.Ordinal);

    [Fact]
    public void ALatencyNeedsAnEnd() => Assert.Contains("nothing is known to end", Error(Switch with { IsLatency = true }).Message, StringComparison.Ordinal);

    [Fact]
    public void AnEventThatIsNotThereIsAnError() =>
        Assert.Contains("sched_switch", Error(new KernelEventQuery { Events = ["sched:sched_swich"] }).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("^/etc/", "/etc/hosts", true)]
    [InlineData("^/etc/", "x/etc/", false)]
    [InlineData("etc", "/ETC/x", true)]
    [InlineData("\\.log$", "a.log", true)]
    [InlineData("\\.log$", "a.logs", false)]
    [InlineData("^a.+c$", "abc", true)]
    [InlineData("^a.+c$", "ac", false)]
    [InlineData("^a.*c$", "ac", true)]
    [InlineData("^[a-c]\\d\\w$", "B7_", true)]
    [InlineData("^[a-c]\\d\\w$", "B7-", false)]
    public void SomeRegularExpressionsArePatterns(string regex, string text, bool expected) =>
        Assert.Equal(expected, GlobPattern.OfRegex(regex, isCaseSensitive: false).IsMatch(text));
}
