using System.Diagnostics;
using PerfTrace.BpfTrace;

namespace PerfTrace.Tests.BpfTrace.Sessions;

/// <summary>Scripts in the background.</summary>
[Trait("Machine", "Both")]
public sealed class BpfTraceRunTests
{
    // From its being asked for: each wait has the whole of it.
    private static CancellationToken Limit => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    [Fact]
    public void RunsThatHaveEndedDoNotKeepTheNamesOfTheKernel()
    {
        // Those are some 11 MB for each run.
        const int count = 6;
        const long most = 4 << 20;
        var runs = new List<BpfTraceRun>();
        long before = 0;
        for (int i = 0; i <= count; i++)
        {
            BpfTraceRun run = Start("tracepoint:sched:sched_switch { @[kstack(3)] = count(); } interval:ms:50 { exit(); }");
            Assert.True(run.WaitForEnd(Limit));
            runs.Add(run);
            // What the first needs is needed once.
            if (i == 0)
                before = GC.GetTotalMemory(forceFullCollection: true);
        }

        long each = (GC.GetTotalMemory(forceFullCollection: true) - before) / count;

        Assert.InRange(each, long.MinValue, most);
        // And what they have given has its names.
        Assert.All(runs, static r => Assert.All(r.Maps["@"], static e => Assert.Contains("schedule", e.ToString(), StringComparison.Ordinal)));
        runs.ForEach(static r => r.Dispose());
    }

    [Fact]
    public void MapsAreReadWhileItRuns()
    {
        using BpfTraceRun run = Start("BEGIN { @all[1] = 5; @n = count(); } interval:ms:5 { @n = count(); }");
        Assert.Equal(BpfTraceRunState.Running, run.State);
        Assert.Equal(["@all", "@n"], run.Maps.Keys.Order());
        Assert.Equal(5L, Convert.ToInt64(Assert.Single(run.Maps["@all"]).Value, null));

        long before = Count(run);
        Assert.True(SpinWait.SpinUntil(() => Count(run) > before, TimeSpan.FromSeconds(10)));

        run.RequestStop();
        Assert.True(run.WaitForEnd(Limit));
        Assert.Equal((BpfTraceRunState.Completed, null), (run.State, run.Error));
        // What they held in the end, again and again.
        long last = Count(run);
        Assert.InRange(last, before + 1, long.MaxValue);
        Assert.Equal(last, Count(run));
        Assert.Equal(last, run.Take().Outputs.SelectMany(static o => o.Objects).Cast<BpfTraceMapEntry>().Where(static e => e.Map == "@n").Select(static e => (long)e.Value!).Single());
        Assert.False(run.Maps.ContainsKey("@m"));
        Assert.False(run.Maps.TryGetValue("@m", out _));
        Assert.Contains("@all, @n", Assert.Throws<KeyNotFoundException>(() => run.Maps["@m"]).Message, StringComparison.Ordinal);
        Assert.Equal(2, run.Maps.Count);
        Assert.Equal(run.Maps.Keys, run.Maps.Select(static m => m.Key));
    }

    [Fact]
    public void WhatItGivesComesOnceAndInOrder()
    {
        using BpfTraceRun run = Start("BEGIN { printf(\"a\"); printf(\"b\"); } END { printf(\"end\"); }");
        Assert.True(run.WaitForOutput(Limit));
        Assert.True(SpinWait.SpinUntil(() => run.Waiting == 2, TimeSpan.FromSeconds(10)));

        Assert.Equal(["a", "b"], Texts(run.Take(keep: true)));
        Assert.Equal(["a", "b"], Texts(run.Take()));
        Assert.Empty(run.Take().Outputs);
        Assert.Equal(0, run.Waiting);

        run.RequestStop();
        Assert.True(run.WaitForEnd(Limit));
        Assert.Equal(["end"], Texts(run.Take()));
    }

    [Fact]
    public void WhatIsNotTakenIsLeft()
    {
        using BpfTraceRun run = Start("BEGIN { printf(\"a\"); printf(\"b\"); printf(\"c\"); @x[1] = 1; @x[2] = 2; exit(); }");
        Assert.True(run.WaitForEnd(Limit));

        Assert.True(run.TryTake(out BpfTraceOutput? first));
        Assert.Equal(("a", 4), (first.Text, run.Waiting));
        Assert.Equal(["b", "c", "@x[1]: 1\n@x[2]: 2\n"], Texts(run.Take(keep: true)));
        Assert.True(run.TryTake(out _));
        Assert.True(run.TryTake(out _));
        Assert.Equal(2, run.Waiting);
        Assert.True(run.TryTake(out BpfTraceOutput? map));
        Assert.Equal((2, 0), (map.Objects.Length, run.Waiting));
        Assert.False(run.TryTake(out BpfTraceOutput? none));
        Assert.Null(none);
    }

    [Fact]
    public void WithTheLastThatIsTakenTheWaitingBeginsAnew()
    {
        using BpfTraceRun run = Start("BEGIN { printf(\"a\"); }");
        Assert.True(run.WaitForOutput(Limit));
        Assert.True(run.TryTake(out _));

        using var stop = new CancellationTokenSource(50);
        Assert.False(run.WaitForOutput(stop.Token));
    }

    [Fact]
    public void OfMoreThanItKeepsTheOldestAreDroppedAndCounted()
    {
        using BpfTraceRun run = Start("BEGIN { unroll(20) { printf(\"%d\", @i); @i++; } exit(3); }", capacity: 5);
        Assert.True(run.WaitForEnd(Limit));

        // The last is the map.
        BpfTraceBatch batch = run.Take();
        Assert.Equal(["16", "17", "18", "19", "@i: 20"], Texts(batch).Select(static t => t.Trim('\n')));
        Assert.Equal((16, 16, 3), (batch.Lost, run.LostOutput, run.ExitStatus));
        Assert.Equal((0, 0), (run.Take().Lost, run.TakeLost()));
    }

    [Fact]
    public void WhatIsLargerThanAllThatItKeepsIsKeptAlone()
    {
        using BpfTraceRun run = Start("BEGIN { unroll(5) { @x[@i] = 1; @i++; } clear(@i); exit(); }", capacity: 2);
        Assert.True(run.WaitForEnd(Limit));

        Assert.Equal(5, run.Take().Outputs.Sum(static o => o.Objects.Length));
    }

    [Fact]
    public void WaitingCanBeToldToStop()
    {
        using BpfTraceRun run = Start("interval:s:100 { @ = 1; }");
        using var stop = new CancellationTokenSource(50);

        Assert.False(run.WaitForOutput(stop.Token));
        Assert.False(run.WaitForEnd(stop.Token));
        Assert.Equal(BpfTraceRunState.Running, run.State);
    }

    [Fact]
    public void AnEndThatIsOrderedDoesNotWaitForCommands()
    {
        string begun = Path.Combine(Path.GetTempPath(), $"perftrace-{Guid.NewGuid():n}");
        using BpfTraceRun run = Start($"BEGIN {{ system(\"touch {begun}; sleep 60\"); }}", isUnsafe: true);
        Assert.True(SpinWait.SpinUntil(() => File.Exists(begun), TimeSpan.FromSeconds(30)));
        File.Delete(begun);
        long begin = Stopwatch.GetTimestamp();

        run.Dispose();

        Assert.InRange(Stopwatch.GetElapsedTime(begin), TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.NotEqual(BpfTraceRunState.Running, run.State);
        run.Dispose();
    }

    [Fact]
    public void TheEndOfACommandEndsIt()
    {
        var request = new BpfTraceRequest { Script = new ScriptSource(ScriptSource.CommandLineName, "tracepoint:sched:sched_process_exit /pid == cpid/ { @ = count(); }"), Command = ["true"] };
        using BpfTraceRun run = BpfTraceRun.Start(request, 10);

        Assert.True(run.WaitForEnd(Limit));

        Assert.Equal(1L, Assert.Single(run.Maps["@"]).Value);
    }

    [Fact]
    public void ItIsCalledAsItsFileOrItsFirstLine()
    {
        using BpfTraceRun line = Start("\n BEGIN { exit(); }\n// more"), file = BpfTraceRun.Start(new BpfTraceRequest { Script = new ScriptSource("/a/b.bt", "BEGIN { exit(); }") }, 10);

        Assert.Equal(("BEGIN { exit(); }", "/a/b.bt"), (line.Title, file.ToString()));
        Assert.NotEqual(line.Id, file.Id);
    }

    [Fact]
    public void StacksHaveTheirTextWhenNothingIsLeftInTheKernel()
    {
        using BpfTraceRun run = Start("tracepoint:sched:sched_switch { @[kstack(3)] = count(); } interval:ms:200 { exit(); }");
        Assert.True(run.WaitForEnd(Limit));

        BpfTraceMapEntry[] entries = run.Maps["@"];
        Assert.NotEmpty(entries);
        Assert.All(entries, static e => Assert.Contains("schedule", e.ToString(), StringComparison.Ordinal));
    }

    private static BpfTraceRun Start(string script, int capacity = 1000, bool isUnsafe = false) =>
        BpfTraceRun.Start(new BpfTraceRequest { Script = new ScriptSource(ScriptSource.CommandLineName, script), AllowsUnsafe = isUnsafe }, capacity);

    private static long Count(BpfTraceRun run) => (long)Assert.Single(run.Maps["@n"]).Value!;

    private static IEnumerable<string> Texts(BpfTraceBatch batch) => batch.Outputs.Select(static o => o.Text);
}
