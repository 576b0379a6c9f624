using System.Globalization;
using PerfTrace.Perf;
using PerfTrace.Profiles;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Profiles;

public sealed class PerfTopTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 34, 56, DateTimeOffset.Now.Offset);
    private static readonly ReportKey[] Keys = [ReportKey.Of(ReportKeyKind.Module), ReportKey.Of(ReportKeyKind.Symbol)];

    private readonly StackMaker _make = new();

    public void Dispose() => _make.Dispose();

    [Fact]
    public void Each_interval_stands_for_itself()
    {
        var top = new PerfTop(Keys, SampleFilter.All);
        top.Add(_make.Sample("main;a", 3));
        top.Add(_make.Sample("main;b", 1));
        PerfTopInterval first = top.End(Now, TimeSpan.FromSeconds(1));
        Assert.False(top.HasSamples);
        top.Add(_make.Sample("main;b", 5));
        PerfTopInterval second = top.End(Now.AddSeconds(1), TimeSpan.FromSeconds(1));

        Assert.Equal([("main", 0.0, 100.0), ("a", 75, 75), ("b", 25, 25)], first.Rows.Select(r => (r.Symbol!, r.SelfPercent, r.ChildrenPercent)));
        Assert.Equal([("b", 100.0), ("main", 0)], second.Rows.OrderByDescending(r => r.Self).Select(r => (r.Symbol!, r.SelfPercent)));
        Assert.Equal((2, 1, Now.AddSeconds(1)), ((int)first.Samples, (int)second.Samples, second.Rows[0].Timestamp));
        Assert.Empty(top.End(Now, TimeSpan.FromSeconds(1)).Rows);
    }

    [Theory]
    [InlineData("pv_native_safe_halt_[k]", true)]
    [InlineData("intel_idle_[k]", true)]
    [InlineData("cpu_do_idle_[k]", true)]
    [InlineData("net_rx_action_[k]", false)] // an interrupt's work, on an idle CPU's time
    [InlineData("idle", false)] // not the kernel's
    public void Idle_CPUs_count_only_when_asked_for(string function, bool isIdle)
    {
        PerfSample sample = _make.Sample(function, 7, "swapper", thread: 0, process: 0);
        PerfTop top = new(Keys, SampleFilter.All), all = new(Keys, SampleFilter.All, includeIdle: true);
        top.Add(sample);
        top.Add(_make.Sample("main"));
        all.Add(sample);

        PerfTopInterval interval = top.End(Now, TimeSpan.FromSeconds(2));
        Assert.Equal(isIdle ? (1, 1) : (0, 2), ((int)interval.IdleSamples, (int)interval.Samples));
        Assert.Equal(isIdle ? 1 : 2, interval.Rows.Count);
        Assert.Single(all.End(Now, TimeSpan.FromSeconds(2)).Rows);
    }

    [Fact]
    public void Somebody_else_who_calls_a_function_idle_is_not_idle()
    {
        var top = new PerfTop(Keys, SampleFilter.All);
        top.Add(_make.Sample("default_idle_[k]", process: 12));

        Assert.Equal(0, top.End(Now, TimeSpan.FromSeconds(2)).IdleSamples);
    }

    [Fact]
    public void So_many_rows_of_each_event()
    {
        var top = new PerfTop(Keys, SampleFilter.All);
        foreach (string name in (string[])["a", "b", "c"])
        {
            top.Add(_make.Sample(name));
            top.Add(_make.Sample(name, eventName: "page-faults"));
        }

        Assert.Equal(["cpu-clock", "cpu-clock", "page-faults", "page-faults"], top.End(Now, TimeSpan.FromSeconds(2), most: 2).Rows.Select(r => r.Event));
    }

    [Fact]
    public void The_screen_has_a_line_of_sums_headings_and_rows()
    {
        var top = new PerfTop(Keys, SampleFilter.All);
        for (int i = 0; i < 1500; i++)
            top.Add(_make.Sample("leaf"));
        top.Add(_make.Sample("read_[k]", 500));

        Assert.Equal(
            [
                "12:34:56  1,501 samples in 2.0 s  lost 12  (q: end)",
                "cpu-clock",
                "     Self   Samples  Module            Symbol",
                "  75.00 %     1,500  app               leaf",
                "  25.00 %         1  [kernel.kallsyms] read",
            ],
            new PerfTopScreen(Keys, showChildren: false, "q").Draw(top.End(Now, TimeSpan.FromSeconds(2)), 12, 80, 24, CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData(80, 24)]
    [InlineData(30, 7)]
    [InlineData(10, 3)]
    [InlineData(1, 1)]
    [InlineData(0, 0)]
    public void The_screen_is_never_larger_than_the_terminal(int width, int height)
    {
        var top = new PerfTop(Keys, SampleFilter.All);
        for (int i = 0; i < 100; i++)
        {
            top.Add(_make.Sample($"a_function_with_a_rather_long_name_{i}"));
            top.Add(_make.Sample($"another_{i}", eventName: "page-faults"));
        }

        IReadOnlyList<string> lines = new PerfTopScreen(Keys, showChildren: true, "q").Draw(top.End(Now, TimeSpan.FromSeconds(2)), 0, width, height, CultureInfo.InvariantCulture);

        Assert.True(lines.Count <= height && lines.All(l => l.Length <= width), string.Join('\n', lines));
        if (height >= 7)
            Assert.Contains(lines, static l => l.StartsWith("page-faults", StringComparison.Ordinal));
        if (height == 24)
            Assert.Equal(24, lines.Count);
    }

    [Fact]
    public void Names_can_not_steer_the_terminal()
    {
        ReportKey[] keys = [ReportKey.Of(ReportKeyKind.Command)];
        var top = new PerfTop(keys, SampleFilter.All);
        top.Add(_make.Sample("main", command: "\e[2Jx\n"));

        IReadOnlyList<string> lines = new PerfTopScreen(keys, showChildren: false, "q").Draw(top.End(Now, TimeSpan.FromSeconds(2)), 0, 80, 24, CultureInfo.InvariantCulture);

        Assert.All(lines, static l => Assert.DoesNotContain(l, char.IsControl));
        Assert.EndsWith(" ?[2Jx?", lines[^1], StringComparison.Ordinal);
    }
}
