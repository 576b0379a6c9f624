using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing.Histograms;

public sealed class TraceHistogramRequestTests
{
    private static string Text(TraceHistogramRequest request) => request.ToText(static name => name.Contains(':') || name.Contains('.') ? name : "sched:" + name);

    [Fact]
    public void Everything_has_its_place() => Assert.Equal(
        "hist:name=mine:keys=next_pid,common_pid.execname:vals=hitcount,prev_prio.hex:lat=common_timestamp.usecs-$ts0:x=5:sort=hitcount.descending:size=4096:clock=x86-tsc:pause:"
            + "onmatch(sched.sched_waking).trace(latency,$lat,next_pid):onmax($lat).save(next_comm) if next_pid > 0 && prev_comm ~ \"if *\"",
        Text(new TraceHistogramRequest
        {
            Name = "mine",
            Keys = ["next_pid", "common_pid.execname"],
            Values = ["hitcount", "prev_prio.hex"],
            Variables = ["lat = common_timestamp.usecs - $ts0", "x=5"],
            Sort = ["hitcount.descending"],
            Size = 4096,
            Clock = "x86-tsc",
            Paused = true,
            Actions = [("onmatch", TraceHistogramAction.Parse("sched_waking trace(latency, $lat, next_pid)")), ("onmax", TraceHistogramAction.Parse("lat save(next_comm)"))],
            Filter = " next_pid > 0 && prev_comm ~ \"if *\" ",
        }));

    [Theory]
    [InlineData("onmatch", "onmatch(sched.sched_waking).trace(e,$lat,pid)", "onmatch(sched.sched_waking).trace(e,$lat,pid)")]
    [InlineData("onmatch", "sched:sched_waking.trace(e,$lat)", "onmatch(sched.sched_waking).trace(e,$lat)")]
    [InlineData("onmatch", "sched:sched_waking e($lat,pid)", "onmatch(sched.sched_waking).e($lat,pid)")]
    [InlineData("onmax", "$lat.snapshot()", "onmax($lat).snapshot()")]
    [InlineData("onchange", "onchange($lat).save(a, b)", "onchange($lat).save(a,b)")]
    [InlineData("onmax", "lat trace(e,$lat)", "onmax($lat).trace(e,$lat)")]
    public void Actions_are_written_as_people_or_the_kernel_write_them(string handler, string text, string expected) =>
        Assert.EndsWith(":" + expected, Text(new TraceHistogramRequest { Keys = ["a"], Actions = [(handler, TraceHistogramAction.Parse(text))] }), StringComparison.Ordinal);

    [Fact]
    public void An_action_may_be_made_of_its_parts() => Assert.Equal("onmax($lat).save(a,b)",
        new TraceHistogramAction { On = "lat", Action = "save", Argument = ["a", "b"] }.ToText("onmax", static n => n));

    [Theory]
    [InlineData("save")]
    [InlineData("lat save")]
    [InlineData("lat save(a)(b)")]
    [InlineData("lat save(a) if x")]
    [InlineData("")]
    public void What_is_no_action_is_refused(string text) => Assert.ThrowsAny<FormatException>(() => TraceHistogramAction.Parse(text));

    [Theory]
    [InlineData("lat", "save", "a:size=9")]
    [InlineData("lat", "save", "a)")]
    [InlineData("lat", "sa ve", "a")]
    [InlineData("la:t", "save", "a")]
    public void Nothing_in_an_action_reaches_beyond_its_place(string on, string action, string argument) =>
        Assert.ThrowsAny<FormatException>(() => new TraceHistogramAction { On = on, Action = action, Argument = [argument] }.ToText("onmax", static n => n));

    [Fact]
    public void A_handler_belongs_to_its_parameter() =>
        Assert.ThrowsAny<FormatException>(() => TraceHistogramAction.Parse("onmax($lat).save(a)").ToText("onchange", static n => n));

    public static TheoryData<TraceHistogramRequest> Refused => new(
        new TraceHistogramRequest { Keys = [] },
        new TraceHistogramRequest { Keys = ["a:size=9"] },
        new TraceHistogramRequest { Keys = ["a,b"] },
        new TraceHistogramRequest { Keys = ["a b"] },
        new TraceHistogramRequest { Keys = ["a\nb"] },
        new TraceHistogramRequest { Keys = ["a"], Values = ["b:pause"] },
        new TraceHistogramRequest { Keys = ["a"], Sort = [""] },
        new TraceHistogramRequest { Keys = ["a"], Name = "a:b" },
        new TraceHistogramRequest { Keys = ["a"], Clock = "global:pause" },
        new TraceHistogramRequest { Keys = ["a"], Variables = ["keys=b"] },
        new TraceHistogramRequest { Keys = ["a"], Variables = ["ts0"] },
        new TraceHistogramRequest { Keys = ["a"], Variables = ["ts0=a:pause"] },
        new TraceHistogramRequest { Keys = ["a"], Variables = ["ts0=a,b=c"] });

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public void Nothing_reaches_beyond_its_place(TraceHistogramRequest request) => Assert.ThrowsAny<FormatException>(() => Text(request));
}
