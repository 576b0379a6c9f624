using System.Diagnostics;
using PerfTrace.Bpf;
using PerfTrace.BpfTrace;
using PerfTrace.Interop;

namespace PerfTrace.Tests.BpfTrace.Sessions;

/// <summary>How scripts end.</summary>
[Trait("Machine", "Both")]
public sealed class BpfTraceSessionTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public void WhatComesBehindAnExitIsNotGivenButWhatTheEndGivesIs()
    {
        using BpfTraceSession session = Start("interval:us:200 { @n++; printf(\"tick %d\\n\", @n); exit(@n); } END { printf(\"end\\n\"); clear(@n); }");
        // Nobody reads: the timer goes on, and asks to end again and again.
        Assert.True(SpinWait.SpinUntil(() => session.ReadMap("@n") is [{ Value: >= 5L }], Limit));

        Assert.Equal(["tick 1\n", "end\n"], session.Read().Select(static o => o.Text).Where(static t => t.Length > 0));
        Assert.Equal(1, session.ExitStatus);
    }

    [Fact]
    public void AnExitThatFindsTheBufferFullIsNone()
    {
        // Nobody reads before it has run.
        using BpfTraceSession session = Start("BEGIN { for ($i : 0..20000) { printf(\"%d\\n\", $i); } exit(3); }");
        using var limit = new Timer(_ => session.Stop(), null, Limit, Timeout.InfiniteTimeSpan);
        var clock = Stopwatch.StartNew();

        string[] lines = [.. session.Read().Select(static o => o.Text)];

        Assert.True(clock.Elapsed < Limit);
        Assert.Equal(20_000, lines.Length + session.Summary().Events - 1); // exit() itself found no room
        Assert.Equal("0\n", lines[0]);
        Assert.Equal(3, session.ExitStatus);
    }

    [Fact]
    public void ALoopThatTheKernelCutsIsCounted()
    {
        using BpfTraceSession session = Start("BEGIN { $n = 8388609; for ($i : 0..$n) { @c++; } exit(); }");

        Assert.Equal(["@c: 8388608\n"], session.Read().Select(static o => o.Text));
        Assert.Equal(1, session.Summary().Loops);
    }

    [Fact]
    public void TheEndMayHaveAStatus()
    {
        using BpfTraceSession session = Start("BEGIN { exit(); } END { printf(\"a\\n\"); exit(4); printf(\"b\\n\"); }");

        Assert.Equal(["a\n"], session.Read().Select(static o => o.Text));
        Assert.Equal(4, session.ExitStatus);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void PrintsThatAreEventsAgainDoNotKeepItFromEnding(bool isStopped)
    {
        using BpfTraceSession session = Start($"tracepoint:raw_syscalls:sys_enter /pid == {Environment.ProcessId}/ {{ printf(\"x\\n\"); }}", isStopped ? null : TimeSpan.FromMilliseconds(300));
        using var timer = new Timer(_ => session.Stop(), null, isStopped ? 300 : Timeout.Infinite, Timeout.Infinite);
        var clock = Stopwatch.StartNew();
        int count = 0;
        foreach (BpfTraceOutput _ in session.Read())
        {
            count++;
            // At least two system calls for each.
            Assert.True(Directory.Exists("/proc/self") && Directory.Exists("/proc/1"));
            if (clock.Elapsed > Limit)
                break;
        }
        Assert.InRange(count, 10, int.MaxValue);
        Assert.True(clock.Elapsed < Limit, $"{count} in {clock.Elapsed}");
    }

    [Fact]
    public void AnExitThatFindsTheBufferFullIsHeededWhileItIsNeverEmpty()
    {
        // More comes than is taken, for so long: there is no room for the exit(), and always something to take.
        TimeSpan slow = TimeSpan.FromSeconds(5);
        using BpfTraceSession session = Start("config = { perf_rb_pages = 1 } interval:us:50 { printf(\"x\\n\"); @n++; if (@n == 2000) { exit(7); } } END { clear(@n); }", Limit);
        var clock = Stopwatch.StartNew();
        foreach (BpfTraceOutput _ in session.Read())
            Thread.Sleep(clock.Elapsed < slow ? 1 : 0);

        Assert.True(clock.Elapsed < slow, $"{clock.Elapsed}");
        Assert.Equal(7, session.ExitStatus);
        Assert.True(session.Summary().Events > 0);
    }

    [Fact]
    public void ItEndsWithTheProcessThatItIsFor()
    {
        using Process process = Process.Start("sleep", "60");
        using BpfTraceSession session = BpfTraceSession.Start(new BpfTraceRequest
        {
            Script = new ScriptSource(ScriptSource.CommandLineName, "interval:ms:10 { @n++; }"), ProcessId = process.Id, Duration = Limit,
        });
        Assert.True(SpinWait.SpinUntil(() => session.ReadMap("@n") is [{ Value: >= 5L }], Limit));
        process.Kill();
        process.WaitForExit();
        var clock = Stopwatch.StartNew();

        Assert.Single(session.Read());
        Assert.True(clock.Elapsed < Limit / 2, $"{clock.Elapsed}");
    }

    [Fact]
    public void AProcessThatIsNotThereIsAnError()
    {
        const int beyondAll = 1 << 22;
        Assert.Throws<KernelTargetGoneException>(() => BpfTraceSession.Start(new BpfTraceRequest { Script = new ScriptSource(ScriptSource.CommandLineName, "BEGIN { exit(); }"), ProcessId = beyondAll }));
    }

    [Fact]
    public void AnErrorKeepsNoMoreThanTheEndOfTheVerifiersLog()
    {
        var error = Assert.Throws<ScriptException>(() => Start("BEGIN { while (1) { @a = nsecs; if (@a > @b) { @b = 1; } } }"));

        var refusal = Assert.IsType<BpfVerifierException>(error.InnerException);
        Assert.InRange(refusal.Log.Length, 1, 16 << 10);
        Assert.Contains(refusal.Reason, refusal.Log, StringComparison.Ordinal);
    }

    [Fact]
    public void OfWhatIteratorsGiveNothingIsLost()
    {
        // Some hundreds of kilobytes from each thread of the machine.
        using BpfTraceSession session = Start("iter:task { $p = ctx->task->pid; unroll(50) { printf(\"%d %s %s %s %s %s %s\\n\", $p, comm, comm, comm, comm, comm, comm); } }");

        string[] ids = [.. session.Read().Select(static o => o.Text.Split(' ')[0])];

        Assert.Equal(0, session.Summary().Events);
        Assert.All(ids.CountBy(static i => i), static c => Assert.Equal(50, c.Value));
        Assert.Contains(Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture), ids);
    }

    [Fact]
    public void IteratorsThatNobodyReadsEndWithTheSession()
    {
        BpfTraceSession session = Start("iter:task { @n = count(); } interval:s:1 { }");
        IEnumerator<BpfTraceOutput> reading = session.Read().GetEnumerator();
        session.Stop();
        Assert.True(reading.MoveNext());
        reading.Dispose();
        session.Dispose();
        session.Dispose();
    }

    private static BpfTraceSession Start(string script, TimeSpan? duration = null) =>
        BpfTraceSession.Start(new BpfTraceRequest { Script = new ScriptSource(ScriptSource.CommandLineName, script), Duration = duration });
}
