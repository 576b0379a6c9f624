using PerfTrace.Interop;
using PerfTrace.Tests.Support;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing;

public sealed class TraceErrorLogTests
{
    // As Linux 6.12 wrote it.
    private const string Log = """
        [    6.318039] hist:sched:sched_switch: error: Couldn't find field
          Command: hist:keys=foo
                             ^
        [    6.327521] trace_kprobe: error: Invalid probed address or symbol
          Command: p:a/b nosuch
                         ^
        """;

    [Fact]
    public void Entries_have_time_reason_command_and_position()
    {
        IReadOnlyList<TraceErrorEntry> entries = TraceErrorLog.Parse(Log);

        Assert.Equal(
            [
                new TraceErrorEntry(TimeSpan.FromMicroseconds(6318039), "hist:sched:sched_switch", "Couldn't find field", "hist:keys=foo", 10),
                new TraceErrorEntry(TimeSpan.FromMicroseconds(6327521), "trace_kprobe", "Invalid probed address or symbol", "p:a/b nosuch", 6),
            ],
            entries);
    }

    [Fact]
    public void The_position_is_in_bytes_and_becomes_one_in_characters() =>
        Assert.Equal(7, Assert.Single(TraceErrorLog.Parse("[    1.0] x: error: y\n  Command: comm ~ä=\n                   ^\n")).Position);

    [Theory]
    [InlineData("")]
    [InlineData("[")]
    [InlineData("[] : error: ")]
    [InlineData("[99999999999999999999999999999] a: error: b\n  Command: c\n^")]
    [InlineData("[1.5] a: error: b")]
    [InlineData("# a comment\n[1.5] a: b\n  Command: c")]
    public void What_is_no_entry_is_none(string text) => Assert.Empty(TraceErrorLog.Parse(text));

    [Fact]
    public void An_old_entry_is_not_taken_for_the_answer()
    {
        IReadOnlyList<TraceErrorEntry> entries = TraceErrorLog.Parse(Log);

        Assert.Null(TraceErrorLog.FindNew(entries, entries, "p:a/b nosuch"));
        Assert.Null(TraceErrorLog.FindNew([], entries, "p:c/d other"));
        Assert.Equal(entries[1], TraceErrorLog.FindNew([entries[0]], entries, "p:a/b   nosuch"));
    }

    [Fact]
    public void A_refused_filter_says_where_it_is_wrong()
    {
        using var scratch = new ScratchInstance();

        var error = Assert.Throws<TraceCommandException>(() =>
            TraceCommand.Write(scratch.Directory, "events/sched/sched_switch/filter", "prev_pid > 1 && nofield > 1"));

        Assert.Equal((Errno.EINVAL, "Field not found", "prev_pid > 1 && nofield > 1", 24), (error.Errno, error.Reason, error.Command, error.Position));
        Assert.Equal("Field not found (event filter)\n  prev_pid > 1 && nofield > 1\n                          ^", error.Message);
    }

    [Fact]
    public void A_refused_trigger_filter_shows_the_part_that_the_kernel_has()
    {
        using var scratch = new ScratchInstance();

        var error = Assert.Throws<TraceCommandException>(() =>
            TraceCommand.Append(scratch.Directory, "events/sched/sched_switch/trigger", "traceoff if nofield==1"));

        Assert.Equal("nofield==1", error.Command);
    }

    [Fact]
    public void Without_a_reason_in_the_log_the_errno_stays()
    {
        using var scratch = new ScratchInstance();

        var error = Assert.Throws<KernelException>(() => TraceCommand.Append(scratch.Directory, "events/sched/sched_switch/trigger", "nonsense"));

        Assert.Equal((Errno.EINVAL, "write"), (error.Errno, error.Call));
        Assert.EndsWith("/events/sched/sched_switch/trigger", error.Subject, StringComparison.Ordinal);
    }
}
