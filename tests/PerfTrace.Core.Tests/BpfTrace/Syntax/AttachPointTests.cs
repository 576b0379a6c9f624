using PerfTrace.BpfTrace;

namespace PerfTrace.Tests.BpfTrace;

public sealed class AttachPointTests
{
    private static IReadOnlyList<AttachPoint> Parse(string text, ScriptOptions? options = null) => Assert.Single(Scripts.Parse(text + " { }", options).Probes).AttachPoints;

    // The parts that are there, by name.
    private static string Parts(AttachPoint point) =>
        string.Join(' ', typeof(AttachPoint).GetProperties()
            .Where(static p => p.Name is not ("Raw" or "Span" or "Height" or "IsPattern"))
            .Select(p => (p.Name, Value: p.GetValue(point)))
            .Where(static p => p.Value is not (null or 0 or 0UL or false))
            .Select(static p => p.Name == "Provider" ? $"{p.Value}" : $"{p.Name}={Convert.ToString(p.Value, System.Globalization.CultureInfo.InvariantCulture)}"));

    [Theory]
    [InlineData("BEGIN", "Begin")]
    [InlineData("begin", "Begin")]
    [InlineData("END", "End")]
    [InlineData("end:*", "End")]
    [InlineData("self:signal:SIGUSR1", "Self Target=signal Function=SIGUSR1")]
    [InlineData("test:a", "Test Target=a")]
    [InlineData("bench:a", "Bench Target=a")]
    [InlineData("kprobe:f", "KProbe Function=f")]
    [InlineData("k:f", "KProbe Function=f")]
    [InlineData("KPROBE:f", "KProbe Function=f")]
    [InlineData("mine=kprobe:f", "KProbe ProbeName=mine Function=f")]
    [InlineData("k:tcp_*", "KProbe Function=tcp_*")]
    [InlineData("kprobe:[Ss]y[Ss]_read", "KProbe Function=[Ss]y[Ss]_read")]
    [InlineData("kprobe:kvm:f", "KProbe Target=kvm Function=f")]
    [InlineData("kprobe:f+0x10", "KProbe Function=f Offset=16")]
    [InlineData("kprobe:0xffffffff81000000", "KProbe Address=18446744071578845184")]
    [InlineData("kr:f", "KRetProbe Function=f")]
    [InlineData("uprobe:/bin/bash:readline", "UProbe Target=/bin/bash Function=readline")]
    [InlineData("u:libc:malloc+4", "UProbe Target=libc Function=malloc Offset=4")]
    [InlineData("u:./a/b:0x1234", "UProbe Target=./a/b Address=4660")]
    [InlineData("u:/my/program:1234abc", "UProbe Target=/my/program Function=1234abc")]
    [InlineData("u:/a:cpp:\"A::f\"", "UProbe Target=/a Function=A::f Language=cpp")]
    [InlineData("u:\"/a b/c,d{:x\":f", "UProbe Target=/a b/c,d{:x Function=f")]
    [InlineData("u:/a:\"\\\"q\\\"\"", "UProbe Target=/a Function=\"q\"")]
    [InlineData("u:/bin/bash@readline.c:362", "UProbe Target=/bin/bash SourceLine=(readline.c, 362, 0)")]
    [InlineData("u:/bin/bash@/src/a.c:362:7", "UProbe Target=/bin/bash SourceLine=(/src/a.c, 362, 7)")]
    [InlineData("ur:/bin/bash:readline", "URetProbe Target=/bin/bash Function=readline")]
    [InlineData("usdt:/a:p", "Usdt Target=/a Function=p")]
    [InlineData("U:/a:ns:p*", "Usdt Target=/a Function=p* Namespace=ns")]
    [InlineData("U:/a::p", "Usdt Target=/a Function=p")]
    [InlineData("usdt:*:loop", "Usdt Target=* Function=loop")]
    [InlineData("t:sched:sched_switch", "Tracepoint Target=sched Function=sched_switch")]
    [InlineData("tracepoint:*foo*", "Tracepoint Target=* Function=*foo*")]
    [InlineData("tracepoint:syscalls:sys_enter_*", "Tracepoint Target=syscalls Function=sys_enter_*")]
    [InlineData("rt:sched_switch", "RawTracepoint Function=sched_switch")]
    [InlineData("rawtracepoint:vmlinux:kfree_skb", "RawTracepoint Target=vmlinux Function=kfree_skb")]
    [InlineData("f:tcp_reset", "Fentry Function=tcp_reset")]
    [InlineData("kfunc:f", "Fentry Function=f")]
    [InlineData("kretfunc:kvm:f", "Fexit Target=kvm Function=f")]
    [InlineData("fr:f", "Fexit Function=f")]
    [InlineData("fentry:bpf:prog", "Fentry Target=bpf Function=prog")]
    [InlineData("fentry:bpf:123:*", "Fentry Target=bpf Function=* ProgramId=123")]
    [InlineData("fexit:bpf:*:prog", "Fexit Target=bpf Function=prog")]
    [InlineData("profile:hz:99", "Profile Frequency=99")]
    [InlineData("p:ms:1_0", "Profile Period=00:00:00.0100000")]
    [InlineData("i:s:1", "Interval Period=00:00:01")]
    [InlineData("interval:1m", "Interval Period=00:01:00")]
    [InlineData("interval:us:1e3", "Interval Period=00:00:00.0010000")]
    [InlineData("interval:1000", "Interval Period=00:00:00.0000010")]
    [InlineData("s:faults:100", "Software Target=page-faults Count=100")]
    [InlineData("software:cpu:", "Software Target=cpu-clock")]
    [InlineData("software:cs:*", "Software Target=context-switches")]
    [InlineData("h:cache-misses:1e6", "Hardware Target=cache-misses Count=1000000")]
    [InlineData("hardware:cycles", "Hardware Target=cpu-cycles")]
    [InlineData("w:0x10000000:8:wr", "Watchpoint Address=268435456 Length=8 Mode=rw")]
    [InlineData("it:task", "Iterator Function=task")]
    [InlineData("iter:task_file:/sys/fs/bpf/files", "Iterator Function=task_file Pin=/sys/fs/bpf/files")]
    public void Parts_of_attach_points(string text, string parts) => Assert.Equal(parts, Parts(Assert.Single(Parse(text))));

    [Theory]
    [InlineData("*ware:*", "Software Target=* IsOptional=True|Hardware Target=* IsOptional=True")]
    [InlineData("t*point:sched:sched_switch", "Tracepoint Target=sched Function=sched_switch IsOptional=True")]
    [InlineData("*:/bin/sh:*", "UProbe Target=/bin/sh Function=* IsOptional=True|Usdt Target=/bin/sh Function=* IsOptional=True")]
    [InlineData("k*:f", "KProbe Function=f IsOptional=True")]
    public void A_pattern_of_kinds_is_several(string text, string parts)
    {
        IReadOnlyList<AttachPoint> points = Parse(text);
        Assert.Equal(parts, string.Join('|', points.Select(Parts)));
        Assert.All(points, p => Assert.Equal(text, p.Raw));
    }

    [Fact]
    public void A_traced_process_has_a_binary()
    {
        var options = new ScriptOptions { HasProcess = true };
        Assert.Equal("UProbe Function=main", Parts(Assert.Single(Parse("uprobe:main", options))));
        Assert.Equal("UProbe Function=A::f Language=cpp", Parts(Assert.Single(Parse("uprobe:cpp:\"A::f\"", options))));
        Assert.Equal("Usdt Function=p", Parts(Assert.Single(Parse("usdt:p", options))));
        Assert.Equal("Usdt Function=p Namespace=n", Parts(Assert.Single(Parse("usdt::n:p", options))));
        Assert.Equal("UProbe Target=/a Function=f", Parts(Assert.Single(Parse("uprobe:/a:f", options))));
    }

    [Fact]
    public void Parameters_stand_for_parts()
    {
        var options = new ScriptOptions { Parameters = ["/bin/bash:x", "99", "$1"] };
        Assert.Equal("UProbe Target=/bin/bash:x Function=f99$1", Parts(Assert.Single(Parse("uprobe:$1:f$2$3", options))));
        Assert.Equal("Profile Frequency=99", Parts(Assert.Single(Parse("profile:hz:$2", options))));
        Assert.Equal("UProbe Target=/a Function=$1", Parts(Assert.Single(Parse("uprobe:/a:\"$1\"", options))));
        Assert.EndsWith("HINT: the parameter $4 was not given", Scripts.Error("profile:hz:$4 { }", options), StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_end_where_the_predicate_begins()
    {
        Probe probe = Assert.Single(Scripts.Parse("begin,kprobe:a\n, uprobe:/bin/bash:b , \"kprobe\":c,\n/pid/\n{ }").Probes);
        Assert.Equal(["begin", "kprobe:a", "uprobe:/bin/bash:b", "\"kprobe\":c"], probe.AttachPoints.Select(static p => p.Raw));
        Assert.NotNull(probe.Predicate);
        Assert.Equal("stdin:1-2", probe.Span.ToString());
    }

    [Theory]
    [InlineData("kprob:f", "'kprob' is no kind of probe", "did you mean kprobe?")]
    [InlineData("kprobe", "'kprobe' is not in the form of kprobe", "kprobe[:MODULE]:FUNCTION[+OFFSET] or kprobe:ADDRESS")]
    [InlineData("kprobe:", "'kprobe:' is not in the form of kprobe", "kprobe[:MODULE]:FUNCTION[+OFFSET] or kprobe:ADDRESS")]
    [InlineData("kprobe:a:b:c", "'kprobe:a:b:c' is not in the form of kprobe", "kprobe[:MODULE]:FUNCTION[+OFFSET] or kprobe:ADDRESS")]
    [InlineData("kprobe:f+x", "the offset of the probe: 'x' is no integer", null)]
    [InlineData("kretprobe:f+1", "kretprobe takes no offset: it fires when the function returns", null)]
    [InlineData("uretprobe:/a:f+1", "uretprobe takes no offset: it fires when the function returns", null)]
    [InlineData("uprobe:f", "'uprobe:f' is not in the form of uprobe",
        "uprobe:BINARY[:cpp]:FUNCTION[+OFFSET], uprobe:BINARY:OFFSET or uprobe:BINARY@FILE:LINE[:COLUMN]")]
    [InlineData("uprobe:/a*:0x10", "an address in a pattern of files", null)]
    [InlineData("uprobe:/a:rust:f", "'rust' is no language whose names are known", "cpp is")]
    [InlineData("uprobe:/a@b.c:x", "the line of the probe: 'x' is no integer", null)]
    [InlineData("uprobe:/a*@b.c:1", "a source line in a pattern of files", null)]
    [InlineData("usdt::p", "'usdt::p' is not in the form of usdt", "usdt:BINARY[:NAMESPACE]:PROBE")]
    [InlineData("tracepoint:f", "'tracepoint:f' is not in the form of tracepoint", "tracepoint:CATEGORY:EVENT")]
    [InlineData("begin:f", "'begin:f' is not in the form of begin", "begin")]
    [InlineData("self:signal:SIGINT", "the signal SIGINT can not be waited for", "SIGUSR1 can")]
    [InlineData("self:x:y", "'x' is nothing that self waits for", "self:signal:SIGUSR1 is")]
    [InlineData("profile:10", "the shortest time is 1 us; this is 10 nanoseconds; a unit may stand behind the number: 10ms", null)]
    [InlineData("profile:hz:0", "the rate must be above 0", null)]
    [InlineData("interval:s:0", "the shortest time is 1 us; this is 0 s", null)]
    [InlineData("interval:s:1b", "the time of the probe: 'b' is no suffix of an integer", null)]
    [InlineData("interval:s:99999999999", "the time is longer than the kernel can wait (292 years)", null)]
    [InlineData("interval:days:1", "'days' is no unit of time", "s, ms, us and hz are")]
    [InlineData("software:fault", "'fault' is no software event", "did you mean faults?")]
    [InlineData("hardware:x", "'x' is no hardware event", null)]
    [InlineData("hardware:cycles:0", "the count must be above 0", null)]
    [InlineData("watchpoint:0:8:w", "the address must not be 0", null)]
    [InlineData("watchpoint:1:3:w", "the length must be 1, 2, 4 or 8", null)]
    [InlineData("watchpoint:1:8:ww", "'ww' is no mode of a watchpoint", "r, w and x, and any of them together")]
    [InlineData("iter:task*", "an iterator takes no pattern", null)]
    [InlineData("fentry:bpf", "'fentry:bpf' is not in the form of fentry", "fentry[:MODULE]:FUNCTION or fentry:bpf[:ID]:PROGRAM")]
    [InlineData("fentry:bpf:x:p", "the program id of the probe: 'x' is no integer", null)]
    [InlineData("z*:f", "no kind of probe matches 'z*' in this form", null)]
    [InlineData("kprobe:$x", "behind '$' the number of a parameter must stand, from 1", "put what is to keep its '$' between quotes")]
    public void What_is_no_attach_point(string text, string problem, string? hint) =>
        Assert.Equal($"stdin:1:1-{text.Length + 1}: ERROR: {problem}\n{text} {{ }}\n{new string('~', text.Length)}" + (hint is null ? "" : $"\nHINT: {hint}"),
            Scripts.Error(text + " { }"));
}
