using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing.Control;

public sealed class TracepointTriggerTests
{
    // As the trigger files of Linux 5.15 to 6.18 show them.
    [Theory]
    [InlineData("traceoff:unlimited", TracepointTriggerAction.TraceOff, null, null, null, "traceoff", "!traceoff")]
    [InlineData("traceoff:count=3 if prev_pid == 77", TracepointTriggerAction.TraceOff, null, 3L, "prev_pid == 77", "traceoff:3 if prev_pid == 77", "!traceoff")]
    [InlineData("traceon:count=0", TracepointTriggerAction.TraceOn, null, 0L, null, "traceon:0", "!traceon")]
    [InlineData("stacktrace:unlimited", TracepointTriggerAction.StackTrace, null, null, null, "stacktrace", "!stacktrace")]
    [InlineData("snapshot:count=1 if a==1", TracepointTriggerAction.Snapshot, null, 1L, "a==1", "snapshot:1 if a==1", "!snapshot")]
    [InlineData("enable_event:sched:sched_waking:count=4", TracepointTriggerAction.EnableEvent, "sched:sched_waking", 4L, null,
        "enable_event:sched:sched_waking:4", "!enable_event:sched:sched_waking")]
    [InlineData("disable_event:sched:sched_waking:unlimited if comm ~ \"a if b\"", TracepointTriggerAction.DisableEvent, "sched:sched_waking", null, "comm ~ \"a if b\"",
        "disable_event:sched:sched_waking if comm ~ \"a if b\"", "!disable_event:sched:sched_waking")]
    [InlineData("hist:keys=pid:vals=hitcount:sort=hitcount:size=2048 [active]", TracepointTriggerAction.Other, "hist:keys=pid:vals=hitcount:sort=hitcount:size=2048", null, null,
        "hist:keys=pid:vals=hitcount:sort=hitcount:size=2048", "!hist:keys=pid:vals=hitcount:sort=hitcount:size=2048")]
    [InlineData("hist:keys=pid:vals=hitcount:sort=hitcount:size=2048 if prio<0 [paused]", TracepointTriggerAction.Other, "hist:keys=pid:vals=hitcount:sort=hitcount:size=2048", null, "prio<0",
        "hist:keys=pid:vals=hitcount:sort=hitcount:size=2048 if prio<0", "!hist:keys=pid:vals=hitcount:sort=hitcount:size=2048 if prio<0")]
    public void A_line_becomes_the_command_that_sets_it_and_the_one_that_removes_it(
        string text, TracepointTriggerAction action, string? target, long? count, string? filter, string command, string remove)
    {
        TracepointTrigger trigger = TracepointTrigger.Parse(text);

        Assert.Equal(new TracepointTrigger(action, target, count, filter), trigger);
        Assert.Equal((command, remove), (trigger.Command, trigger.RemoveCommand));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("enable_event")]
    [InlineData("enable_event:")]
    [InlineData("hist:keys=a [")]
    [InlineData(" if ")]
    public void Whatever_stands_there_does_no_harm(string text) => Assert.NotNull(TracepointTrigger.Parse(text).Command);
}
