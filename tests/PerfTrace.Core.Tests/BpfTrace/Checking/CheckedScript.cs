using PerfTrace.Bpf;
using PerfTrace.BpfTrace;
using PerfTrace.Events;
using PerfTrace.Kernel;

namespace PerfTrace.Tests.BpfTrace;

/// <summary>A script that was checked, each probe for one context made by hand.</summary>
internal sealed class CheckedScript
{
    private const string Switch = """
        name: sched_switch
        ID: 300
        format:
        	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
        	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
        	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
        	field:int common_pid;	offset:4;	size:4;	signed:1;

        	field:char prev_comm[16];	offset:8;	size:16;	signed:0;
        	field:pid_t prev_pid;	offset:24;	size:4;	signed:1;
        	field:long prev_state;	offset:32;	size:8;	signed:1;
        	field:u8 address[6];	offset:40;	size:6;	signed:0;
        	field:void * skbaddr;	offset:48;	size:8;	signed:0;
        	field:__data_loc char[] name;	offset:56;	size:4;	signed:0;
        	field:__rel_loc u32[] numbers;	offset:60;	size:4;	signed:0;
        	field:bool is_kernel;	offset:64;	size:1;	signed:0;

        print fmt: "%d", REC->prev_pid
        """;

    private const string Open = """
        name: sys_enter_openat
        ID: 600
        format:
        	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
        	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
        	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
        	field:int common_pid;	offset:4;	size:4;	signed:1;

        	field:int __syscall_nr;	offset:8;	size:4;	signed:1;
        	field:int dfd;	offset:16;	size:8;	signed:0;
        	field:const char * filename;	offset:24;	size:8;	signed:0;
        	field:const char *const * argv;	offset:32;	size:8;	signed:0;

        print fmt: "dfd: 0x%08lx", ((unsigned long)(REC->dfd))
        """;

    private CheckedScript(ScriptTree tree, ScriptChecker checker, ScriptPlan plan) => (Tree, Checker, Plan) = (tree, checker, plan);

    public ScriptTree Tree { get; }

    public ScriptChecker Checker { get; }

    public ScriptPlan Plan { get; }

    public IEnumerable<string> Warnings => Checker.Diagnostics.Select(static d => d.ToString());

    public static CheckedScript Of(string text, ScriptSettings? settings = null, BtfTypes? kernel = null)
    {
        ReadScript script = ScriptReader.Read(new ScriptSource("stdin", text), settings is null ? new ScriptOptions() : new ScriptOptions { Settings = settings });
        var types = new RecordTypes(script.Tree, () => kernel);
        var programs = script.Tree.Probes.Select((p, i) => (p, ContextOf(p, types, i))).ToList();
        var checker = new ScriptChecker(script.Tree, types, script.Settings, programs, [.. script.Tree.Probes.Select(static p => p.AttachPoints[0].Raw)]);
        return new CheckedScript(script.Tree, checker, checker.Check());
    }

    /// <summary>The name of an expression's type, in a probe.</summary>
    public static string TypeOf(string expression, string probe = "begin", string head = "", string before = "", BtfTypes? kernel = null)
    {
        CheckedScript script = Of($"{head}{probe} {{ {before} print({expression}); }}", kernel: kernel);
        var call = (CallExpression)((ExpressionStatement)script.Tree.Probes[0].Body.Statements[^1]).Expression;
        return call.Arguments[0].Type!.Name;
    }

    /// <summary>What is said of a script that is wrong.</summary>
    public static string Error(string text, ScriptSettings? settings = null) => Assert.Throws<ScriptException>(() => Of(text, settings)).Message;

    public static ProbeContext ContextOf(Probe probe, RecordTypes types, int number)
    {
        AttachPoint point = probe.AttachPoints[0];
        return new ProbeContext
        {
            Provider = point.Provider,
            ProgramType = point.Provider switch
            {
                ProbeProvider.Tracepoint => BpfProgramType.Tracepoint,
                ProbeProvider.Profile or ProbeProvider.Software or ProbeProvider.Hardware or ProbeProvider.Interval => BpfProgramType.PerfEvent,
                ProbeProvider.Fentry or ProbeProvider.Fexit => BpfProgramType.Tracing,
                _ => BpfProgramType.KProbe,
            },
            Arguments = point switch
            {
                { Provider: ProbeProvider.Tracepoint, Target: "syscalls" } => types.OfFormat(EventFormatParser.Parse("syscalls", Open)),
                { Provider: ProbeProvider.Tracepoint } => types.OfFormat(EventFormatParser.Parse("sched", Switch)),
                { Provider: ProbeProvider.Fentry or ProbeProvider.Fexit, Function: { } name } when types.Kernel is { } kernel =>
                    types.OfParameters(kernel.Find(name, BtfKind.Function)!, $"fentry:{name}"),
                _ => null,
            },
            ProbeNumbers = [number],
        };
    }
}
