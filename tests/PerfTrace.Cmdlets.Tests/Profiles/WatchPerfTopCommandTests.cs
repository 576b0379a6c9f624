using System.Diagnostics;
using System.Management.Automation;
using PerfTrace.Profiles;

namespace PerfTrace.Tests.Profiles;

[Collection(CmdletCollection.Name)]
public sealed class WatchPerfTopCommandTests : CmdletFixture
{
    private const string Busy = "-- sh -c 'while :; do :; done'";

    [Fact]
    public void Each_interval_is_a_batch_of_rows()
    {
        List<PerfTopEntry> rows = Rows($"Watch-PerfTop -Event cpu-clock -Frequency 999 -Interval 0.4 -Duration 1.3 {Busy}");

        List<IGrouping<DateTimeOffset, PerfTopEntry>> intervals = [.. rows.GroupBy(static r => r.Timestamp)];
        Assert.InRange(intervals.Count, 2, 4); // the last is what is left
        Assert.All(intervals, static i => Assert.Equal(100, i.Sum(static r => r.SelfPercent), 6));
        Assert.All(intervals.SkipLast(1), static i => Assert.InRange(i.First().Interval.TotalSeconds, 0.39, 1.3));
        Assert.All(rows, static r => Assert.True(r is { Event: "cpu-clock", Module: not null, Symbol: not null, Command: null }));
        Assert.Equal(intervals.Select(static i => i.Key).Order(), intervals.Select(static i => i.Key));
    }

    [Fact]
    public void All_CPUs_are_watched_when_nobody_is_named()
    {
        using Process busy = Process.Start("sh", ["-c", "while :; do :; done"]);
        try
        {
            List<PerfTopEntry> rows = Rows("Watch-PerfTop -Event cpu-clock -Frequency 499 -Interval 0.5 -Duration 0.5 -GroupBy Process");

            Assert.Contains(rows, r => r.ProcessId == busy.Id && r.Samples > 20);
        }
        finally
        {
            busy.Kill();
        }
    }

    [Fact]
    public void Rows_are_chosen_by_name_and_number()
    {
        Assert.Single(Rows($"Watch-PerfTop -Event cpu-clock -Frequency 999 -Interval 5 -Duration 0.5 -First 1 {Busy}"));
        Assert.Empty(Rows($"Watch-PerfTop -Event cpu-clock -Frequency 999 -Interval 5 -Duration 0.3 -CommandName no-such-thread {Busy}"));
        List<PerfTopEntry> kernel = Rows("Watch-PerfTop -Event cpu-clock -Frequency 1999 -Interval 5 -Module '[[]kernel.kallsyms]' -MinPercent 0.01 -- sh -c 'ls -lR /usr/share/doc > /dev/null'");
        Assert.NotEmpty(kernel);
        Assert.All(kernel, static r => Assert.Equal("[kernel.kallsyms]", r.Module));
    }

    [Fact]
    public void Time_blocked_is_summed_up_too()
    {
        List<PerfTopEntry> rows = Rows("Watch-PerfTop -OffCpu -AllCpu -Interval 5 -Duration 0.6 -GroupBy Command");

        Assert.NotEmpty(rows);
        Assert.All(rows, static r => Assert.Equal(OffCpuWeights.EventName, r.Event));
    }

    [Fact]
    public void A_field_of_a_tracepoint_is_a_key()
    {
        List<PerfTopEntry> rows = Rows("Watch-PerfTop -Event sched:sched_process_exec -Period 1 -Interval 5 -GroupBy filename -- sh -c 'ls /usr > /dev/null; ls / > /dev/null'");

        Assert.Contains(rows, static r => r.Samples == 2 && ((string)r.Values!["filename"]!).EndsWith("/ls", StringComparison.Ordinal));
    }

    [Fact]
    public void A_field_that_nothing_has_is_an_error() => Assert.StartsWith("GroupKeyNotFound,",
        Assert.Single(Host.Run("Watch-PerfTop -Event page-faults -Period 1 -GroupBy no_such_field -- true").Errors).FullyQualifiedErrorId, StringComparison.Ordinal);

    [Theory]
    [InlineData("Watch-PerfTop -Event no-such-event", "EventNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Watch-PerfTop -ProcessId 4194304", "ProcessNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Watch-PerfTop -AllCpu:$false", "NoTarget", ErrorCategory.InvalidArgument)]
    public void Bad_input_is_a_specific_error(string line, string id, ErrorCategory category) => Fail(line, id, category);

    [Fact]
    public void A_stop_ends_it()
    {
        Host.ObjectWritten = _ => Host.Stop();
        long before = Stopwatch.GetTimestamp();

        var result = Host.Run("Watch-PerfTop -Event cpu-clock -Frequency 99 -Interval 0.2");

        Assert.Equal(130, result.ExitCode);
        Assert.InRange(Stopwatch.GetElapsedTime(before).TotalSeconds, 0, 15);
    }

    private List<PerfTopEntry> Rows(string line) => [.. Run(line).Objects.Select(static o => o is PSObject wrapped ? (PerfTopEntry)wrapped.BaseObject : (PerfTopEntry)o!)];
}
