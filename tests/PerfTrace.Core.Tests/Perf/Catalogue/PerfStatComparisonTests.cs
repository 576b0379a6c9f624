using PerfTrace.Perf;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Perf.Catalogue;

/// <summary>
/// For each event string: the perf_event_attrs, and who leads whom, equal those of <c>perf stat -vv</c> on this machine.
/// Whether the machine can count the event does not matter: the first attempt is compared.
/// </summary>
public class PerfStatComparisonTests
{
    public static TheoryData<string> Strings =>
    [
        // Generalised hardware events and their aliases.
        "cycles", "cpu-cycles", "instructions", "cache-references", "cache-misses", "branches", "branch-instructions", "branch-misses",
        "bus-cycles", "ref-cycles", "stalled-cycles-frontend", "idle-cycles-frontend", "stalled-cycles-backend", "idle-cycles-backend",
        // Cache events, with synonyms of each part.
        "L1-dcache-loads", "L1-dcache-load-misses", "L1-dcache-stores", "L1-dcache-prefetch-misses", "l1d-read-miss", "L1-icache-loads",
        "L1-icache-load-misses", "LLC-loads", "LLC-store-misses", "LLC-prefetches", "dTLB-load-misses", "dTLB-stores", "d-tlb-write-refs",
        "iTLB-loads", "iTLB-load-misses", "branch-loads", "bpu-load-misses", "node-loads", "node-store-misses", "LLC", "L1-dcache-misses",
        // Software events and their aliases.
        "task-clock", "cpu-clock", "page-faults", "faults", "context-switches", "cs", "cpu-migrations", "migrations", "minor-faults",
        "major-faults", "alignment-faults", "emulation-faults", "dummy", "bpf-output", "cgroup-switches",
        // By number.
        "r1", "r1a8", "r00c0:u", "r1000000ff", "0:1", "1:2", "3:0x10002", "4:0x1a8:u", "0x1:0x2:k",
        // Modifiers, one by one and together.
        "page-faults:u", "page-faults:k", "page-faults:h", "page-faults:uk", "page-faults:ukh", "page-faults:G", "page-faults:H",
        "page-faults:GH", "page-faults:uG", "page-faults:uH", "page-faults:kG", "page-faults:p", "page-faults:pp", "page-faults:ppp",
        "page-faults:Gp", "page-faults:pG", "page-faults:P", "page-faults:D", "page-faults:uD", "page-faults:I", "page-faults:e",
        "page-faults:S", "page-faults:W", "page-faults:ukhGHpDI", "cycles:u", "cycles:ukp", "cycles:pp", "instructions:kD", "cycles:I",
        "L1-dcache-loads:u", "r1a8:kpp", "cpu-clock:u", "task-clock:ukD",
        // Several events and groups; modifiers of groups add to those of their events.
        "page-faults,cs", "page-faults:u,cs:k", "{page-faults}", "{page-faults}:u", "{page-faults,cs}", "{page-faults,cs}:u",
        "{page-faults,cs,minor-faults}", "{page-faults,cs},minor-faults", "minor-faults,{page-faults,cs},{task-clock,cpu-clock}",
        "{minor-faults:u,major-faults}:k", "grp{minor-faults:u,major-faults}:k", "{page-faults:k,cs:u}:D", "{page-faults,cs:D}",
        "{page-faults,cs}:e", "{page-faults,cs}:S", "{page-faults:u,cs}:W", "{page-faults,cs:p}:pp", "{page-faults:G,cs}:u",
        "{page-faults:H,cs:k}:G", "{page-faults,cs}:GH", "{page-faults,cycles:u,minor-faults}:k", "{cycles,instructions}",
        "{cycles:u,instructions:k}:D", "{page-faults,sched:sched_switch,cycles}:u", "{cpu-clock,r1a8,L1-dcache-loads}:u",
        // Terms of perf's own on a generalised event, and the kernel's own PMUs.
        "page-faults/name=mine/", "page-faults/name=mine/u", "cycles/config1=1/u", "cycles/config=5/", "cycles/period=100000/",
        "page-faults//", "cs//u", "software/config=2/", "software/config=0x3/k", "breakpoint/config=1/", "tracepoint/config=1,config1=2/",
        // Tracepoints.
        "sched:sched_switch", "sched:sched_switch:u", "raw_syscalls:sys_enter:k", "syscalls:sys_enter_openat", "sched:sched_process_*",
        "sched:*exec*:u", "sched:sched_switch,raw_syscalls:sys_exit:D",
        // Breakpoints.
        "mem:0x1000", "mem:4096", "mem:0x1000:r", "mem:0x1000:w", "mem:0x1000:x", "mem:0x1000:rw", "mem:0x1000:wr", "mem:0x1000:u", "mem:0x1000/8",
        "mem:0x1000/1:w", "mem:0x1000/2:rw:u", "mem:0x1000/8:w:uk", "mem:0x1000:x:k", "mem:0xffffffff81000000:w", "{mem:0x1000:w,mem:0x2000:w}:u",
        // Space between events.
        " page-faults", "page-faults ,cs", "page-faults, cs",
    ];

    [Theory]
    [MemberData(nameof(Strings))]
    public void OpensWhatPerfOpens(string text)
    {
        Command.Result perf = Command.Perf(["stat", "-vv", "-e", text, "true"]);

        List<OpenedEvent> theirs = OpenedEvents.Perfs(perf.Output + perf.Error, out bool isCutShort);

        Assert.True(theirs.Count > 0, $"perf opened nothing for '{text}': {perf.Error}");
        // perf 6.1 lists a directory's tracepoints in the order of its entries.
        EventComparison.AssertSame(theirs, isCutShort, OpenedEvents.Ours(EventCatalogue.Default, text), [], isOrdered: !text.Contains('*'));
    }

    [Theory]
    [InlineData("no-such-event")]
    [InlineData("page-faults:z")]
    [InlineData("page-faults:uu")]
    [InlineData("page-faults:pppp")]
    [InlineData("sched:no_such_tracepoint")]
    [InlineData("no_such_system:sched_switch")]
    [InlineData("no_such_pmu/event=1/")]
    [InlineData("software/no_such_term=1/")]
    [InlineData("page-faults,cs}")]
    [InlineData("mem:0x1000:z")]
    [InlineData("page-faults/name=x")]
    [InlineData("page-faults/no_such_term=1/")]
    [InlineData("rxyz")]
    public void RefusesWhatPerfRefuses(string text)
    {
        Command.Result perf = Command.Perf(["stat", "-vv", "-e", text, "true"]);

        Assert.Equal(129, perf.ExitCode);
        Exception problem = Assert.ThrowsAny<Exception>(() => OpenedEvents.Ours(EventCatalogue.Default, text));
        Assert.True(problem is EventSyntaxException or UnknownEventException, $"{problem.GetType()}: {problem.Message}");
    }
}
