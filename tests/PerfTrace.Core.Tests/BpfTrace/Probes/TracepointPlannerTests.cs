using PerfTrace.Bpf;
using PerfTrace.BpfTrace;
using PerfTrace.Kernel;

namespace PerfTrace.Tests.BpfTrace.Probes;

/// <summary>The ways in which programs are attached to tracepoints; and that each of them counts the same.</summary>
[Trait("Machine", "Both")]
public sealed class TracepointPlannerTests
{
    private static readonly Version Newest = new(6, 18);

    [Theory]
    [InlineData("t:syscalls:sys_enter_* { @[probe] = count(); }", "sys_enter")]
    [InlineData("t:syscalls:sys_exit_* /args.ret < 0/ { @[probe, args.ret] = count(); }", "sys_exit")]
    [InlineData("t:syscalls:sys_* { @[ustack(1)] = count(); }", "sys_enter sys_exit")]
    // The other events of the pattern are attached one by one.
    [InlineData("t:raw_syscalls:sys_*,t:syscalls:sys_enter_* { @[probe] = count(); }", "raw raw sys_enter")]
    [InlineData("t:sched:sched_switch { @[comm] = count(); }", "raw")]
    [InlineData("t:sched:sched_switch { @[args.next_comm] = count(); }", "record")]
    [InlineData("t:sched:sched_switch { @[kstack] = count(); }", "record")]
    [InlineData("t:syscalls:sys_enter_openat { @ = count(); }", "record")]
    [InlineData("rawtracepoint:sched_switch { @ = count(); }", "raw")]
    public void TheCheapestWayThatReadsAllThatIsAskedForIsTaken(string script, string ways) => Assert.Equal(ways, string.Join(' ', Ways(script, Newest).Order(StringComparer.Ordinal)));

    [Fact]
    public void OlderKernelsTakeOneEventEach()
    {
        // Without bpf_task_pt_regs and cookies of raw tracepoints.
        Assert.DoesNotContain(Ways("t:syscalls:sys_enter_* { @[probe] = count(); }", new Version(5, 14)), static w => w != "record");
        Assert.Equal(["record", "record"], Ways("t:sched:sched_switch,t:sched:sched_wakeup { @[probe] = count(); }", new Version(6, 9)));
        Assert.Equal(["raw", "raw"], Ways("t:sched:sched_switch,t:sched:sched_wakeup { @ = count(); }", new Version(6, 9)));
    }

    [Fact]
    public void EventsWithTheSameFieldAtTheSamePlaceShareAProgram()
    {
        ReadScript script = ScriptReader.Read(new ScriptSource("stdin", "t:syscalls:sys_exit_* { @[args.ret] = count(); }"), new ScriptOptions());
        ProbeNeeds needs = ProbeNeeds.Of(script.Tree.Probes[0], []);
        IReadOnlyList<ProbeTarget> targets = Targets(script);

        Assert.True(targets.Count > 100);
        Assert.Equal(targets.Count, Assert.Single(ProbeGrouping.Of(targets, needs)).Count);
        Assert.Equal(["ret"], needs.Fields!);
    }

    [Fact]
    public void OneProgramForAllCountsWhatOneForEachCounts()
    {
        const string script = """
            t:syscalls:sys_enter_* /comm == "cat"/ { @all[probe] = count(); }
            t:syscalls:sys_enter_openat,t:syscalls:sys_enter_read,t:syscalls:sys_enter_close /comm == "cat"/ { @each[probe] = count(); }
            t:syscalls:sys_exit_* /comm == "cat" && args.ret == -2/ { @failures[probe] = count(); }
            t:syscalls:sys_exit_openat /comm == "cat" && args.ret == -2/ { @failed[probe] = count(); }
            """;
        var request = new BpfTraceRequest { Script = new ScriptSource("stdin", script), Command = ["cat", "/dev/null", "/no/such/file"] };

        using BpfTraceSession session = BpfTraceSession.Start(request);
        ILookup<string, BpfTraceMapEntry> maps = session.Read().SelectMany(static o => o.Objects).OfType<BpfTraceMapEntry>().ToLookup(static e => e.Map);

        Dictionary<object, object> all = maps["@all"].ToDictionary(static e => e.Key!, static e => e.Value!);
        Assert.Equal(3, maps["@each"].Count());
        Assert.All(maps["@each"], e => Assert.Equal(e.Value, all[e.Key!]));
        Assert.True(all.Count > 5, string.Join(", ", all.Keys));
        BpfTraceMapEntry failed = Assert.Single(maps["@failed"]);
        Assert.Equal(failed.Value, maps["@failures"].Single(e => Equals(e.Key, failed.Key)).Value);
    }

    private static IEnumerable<string> Ways(string text, Version release)
    {
        ReadScript script = ScriptReader.Read(new ScriptSource("stdin", text), new ScriptOptions());
        ProbeNeeds needs = ProbeNeeds.Of(script.Tree.Probes[0], []);
        var planner = new TracepointPlanner(BtfTypes.Kernel, release);
        foreach (IReadOnlyList<ProbeTarget> group in ProbeGrouping.Of(Targets(script), needs))
        {
            foreach ((ProbeContext context, IReadOnlyList<ProbeTarget> targets) in planner.Plan(group, needs))
            {
                if (context.Dispatch is not null)
                {
                    Assert.True(targets.Count > 100);
                    Assert.Single(targets, static t => t.Hook is not null);
                    yield return Assert.IsType<RawTracepointHook>(targets[0].Hook).Name;
                    continue;
                }
                foreach (ProbeTarget target in targets)
                {
                    Assert.Contains(context.ProgramType, target.Hook!.ProgramTypes);
                    yield return target.Hook is RawTracepointHook ? "raw" : "record";
                }
            }
        }
    }

    private static IReadOnlyList<ProbeTarget> Targets(ReadScript script)
    {
        var resolver = new ProbeResolver(new ProbeTypes(new RecordTypes(script.Tree)), new ProbeOptions(), SystemPaths.Default);
        return [.. script.Tree.Probes[0].AttachPoints.SelectMany(p => resolver.Resolve(p))];
    }
}
