using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing.Resources;

public sealed class DynamicEventTests
{
    [Theory]
    [InlineData("p:kprobes/open do_sys_openat2 dfd=%di", PerfTraceResourceKind.KProbe, "kprobes", "open")]
    [InlineData("r16:g/opened do_sys_openat2 ret=$retval", PerfTraceResourceKind.KProbe, "g", "opened")]
    [InlineData("p:perftrace_1_2_u/entry /bin/bash:0x0000000000002000", PerfTraceResourceKind.UProbe, "perftrace_1_2_u", "entry")]
    [InlineData("f:fprobes/x vfs_read", PerfTraceResourceKind.FProbe, "fprobes", "x")]
    [InlineData("f3:fprobes/x vfs_read%return", PerfTraceResourceKind.FProbe, "fprobes", "x")]
    [InlineData("t:tracepoints/x sched_switch", PerfTraceResourceKind.FProbe, "tracepoints", "x")]
    [InlineData("e:g/seen syscalls.sys_enter_openat dfd=$dfd", PerfTraceResourceKind.EventProbe, "g", "seen")]
    [InlineData("s:synthetic/wakeup u64 lat; pid_t pid", PerfTraceResourceKind.SyntheticEvent, "synthetic", "wakeup")]
    [InlineData("s:synthetic/nothing", PerfTraceResourceKind.SyntheticEvent, "synthetic", "nothing")]
    public void A_line_tells_what_it_is(string line, PerfTraceResourceKind kind, string system, string name) =>
        Assert.Equal(new DynamicEvent(kind, system, name, line), DynamicEvent.Parse(line));

    [Theory]
    [InlineData("")]
    [InlineData("# comment")]
    [InlineData("x:a/b c")]
    [InlineData("p:noslash c")]
    public void What_is_none_is_none(string line) => Assert.Null(DynamicEvent.Parse(line));
}
