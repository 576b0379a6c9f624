using System.Diagnostics;
using PerfTrace.Bpf;
using PerfTrace.Perf;
using PerfTrace.Profiles;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Bpf.Tools;

public sealed class StackToolTests : BpfToolFixture, IDisposable
{
    private readonly TemporaryTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    [Trait("Machine", "Both")]
    public void Profile_finds_where_a_program_spends_its_time()
    {
        string busy = BusyProgram.Build(_tree.Root);
        TimeSpan took = default;
        List<PerfSample> samples = Watch<PerfSample>("profile", Ours with { Frequency = 499, CommandName = "busy" }, () =>
        {
            long begin = Stopwatch.GetTimestamp();
            Command.Run(busy, ["30000"]);
            took = Stopwatch.GetElapsedTime(begin);
        });

        // A program with one thread: no more than the clock ticks while it is there.
        long all = samples.Sum(static s => s.Period);
        Assert.InRange(all, 100, (long)(took.TotalSeconds * 499 * 1.1) + 10);
        Assert.All(samples, static s => Assert.Equal(("busy", "cpu-clock"), (s.CommandName, s.EventName)));
        // What the process had mapped was read while it was there.
        Assert.True(samples.Where(static s => s.Symbol == "leaf").Sum(static s => s.Period) > all * 0.8, string.Join("\n", samples.Select(static s => s.Symbol)));
        Assert.True(samples.Where(static s => s.CallStack!.Any(static f => f.Symbol == "main")).Sum(static s => s.Period) > all * 0.8);
        Assert.Equal(samples.OrderByDescending(static s => s.Period), samples);

        // The cmdlets for profiles take it as it is.
        var tree = new CallTreeBuilder(new CallTreeOptions { Labels = [] });
        samples.ForEach(tree.Add);
        Assert.Equal(all, FoldedStacks.Of(Assert.Single(tree.Trees)).Sum(static s => s.Count));
    }

    [Fact]
    public void Profile_takes_one_part_of_the_stacks_when_asked()
    {
        string busy = BusyProgram.Build(_tree.Root);
        BpfToolOptions options = Ours with { Frequency = 999, CommandName = "dd" };
        static void Work() => Command.Run("dd", ["if=/dev/zero", "of=/dev/null", "bs=64k", "count=40000"]);

        Assert.All(Watch<PerfSample>("profile", options with { KernelStackOnly = true }, Work), static s => Assert.All(s.CallStack!, static f => Assert.True(f.IsKernel)));
        Assert.All(Watch<PerfSample>("profile", options with { UserStackOnly = true }, Work), static s => Assert.All(s.CallStack!, static f => Assert.False(f.IsKernel)));
        List<PerfSample> both = Watch<PerfSample>("profile", options, Work);
        Assert.Contains(both, static s => s.CallStack!.Any(static f => f.IsKernel && f.Symbol is not null) && s.CallStack!.Any(static f => !f.IsKernel));
    }

    [Fact]
    [Trait("Machine", "Both")]
    public void Offcputime_counts_how_long_a_program_slept_and_where()
    {
        List<PerfSample> samples = Watch<PerfSample>("offcputime", Ours with { BlockedOnly = true, CommandName = "sleep", MinimumDuration = TimeSpan.FromMilliseconds(100) },
            static () => Shell("sleep 0.4; sleep 0.3"));

        Assert.All(samples, static s => Assert.Equal("offcpu-time", s.EventName));
        Assert.InRange(TimeSpan.FromTicks(samples.Sum(static s => s.Period) / 100), TimeSpan.FromMilliseconds(690), TimeSpan.FromMilliseconds(1500));
        Assert.All(samples, static s => Assert.Contains(s.CallStack!, static f => f.IsKernel && f.Symbol!.Contains("nanosleep", StringComparison.Ordinal)));
        Assert.Equal(2, samples.Select(static s => s.ProcessId).Distinct().Count());
        // The thread leaves the CPU in the scheduler, not in the program that looks on.
        Assert.All(samples, static s => Assert.Contains("schedule", s.Symbol, StringComparison.Ordinal));
    }
}
