using System.Numerics;
using PerfTrace.Bpf;
using PerfTrace.Kernel;

namespace PerfTrace.BpfTrace;

// Builtin variables: the same with parentheses.
internal sealed partial class ProbeChecker
{
    /// <summary>TASK_COMM_LEN.</summary>
    private const int CommandNameSize = 16;

    private ScriptType? VisitBuiltin(Expression node, BuiltinKind kind, BuiltinVariable variable)
    {
        if ((variable.Providers & _context.Provider) == 0)
        {
            return Error(node, $"{node.Span.Text} has no value in {NameOf(_context.Provider)} probes",
                variable.Providers == ProbeProvider.None ? null : $"it has one in {NamesOf(variable.Providers)}");
        }
        switch (kind)
        {
            case BuiltinKind.Pid or BuiltinKind.Tid or BuiltinKind.Random:
                return IntegerType.UInt32;
            case BuiltinKind.Comm:
                return new StringType(CommandNameSize);
            case BuiltinKind.UserMode:
                return new IntegerType(1, false);
            case BuiltinKind.HasChild:
                return Known(node, Settings.ChildProcessId > 0 ? 1 : 0, BooleanType.Instance);
            case BuiltinKind.ChildPid:
                if (Settings.ChildProcessId == 0)
                    Messages.Warn(node.Span, "there is no command whose process cpid would be: it is 0", "has_cpid tells");
                return Known(node, Settings.ChildProcessId, IntegerType.UInt32);
            case BuiltinKind.ProbeType:
                return Mean(node, new StringLiteral(node.Span, TypeNameOf(_context.Provider)));
            case BuiltinKind.Probe:
                return new ResolvedType(ResolvedKind.ProbeName);
            case BuiltinKind.UserName:
                return new ResolvedType(ResolvedKind.UserName);
            case BuiltinKind.Function:
                return new ResolvedType(IsUserProbe ? ResolvedKind.UserSymbol : ResolvedKind.KernelSymbol);
            case BuiltinKind.KernelStack:
                return new StackType(false, Settings.StackMode == StackMode.BuildId ? StackMode.Raw : Settings.StackMode, StackType.DefaultDepth);
            case BuiltinKind.UserStack or BuiltinKind.DwarfUserStack:
                return new StackType(true, Settings.StackMode, StackType.DefaultDepth);
            case BuiltinKind.CurrentTask:
                return CurrentTask();
            case BuiltinKind.ParentPid or BuiltinKind.LeaderTid or BuiltinKind.ParentComm or BuiltinKind.LeaderComm:
                return Types.FindStruct("task_struct") is null ? NeedsTypes(node)
                    : MeanTask(node, new BuiltinExpression(node.Span, BuiltinVariable.Find("curtask")!.Value.Variable), variable.Name);
            case BuiltinKind.Context:
                return ContextType(node);
            case BuiltinKind.Arguments:
                return _context.Arguments is { } arguments ? new PointerType(arguments, MemorySpace.Context) : Error(node, "the arguments of this probe are not known",
                    _context.Provider is ProbeProvider.UProbe or ProbeProvider.URetProbe ? "the program has no debug information about this function; arg0, arg1, … are the registers" : null);
            case BuiltinKind.ReturnValue:
                return _context.ReturnType is VoidType ? Error(node, "the function returns nothing") : _context.ReturnType ?? IntegerType.UInt64;
            case BuiltinKind.Config:
                return Mean(node, SettingsRecord(node.Span));
            default:
                return IntegerType.UInt64;
        }
    }

    // What such a probe is about is the process's memory.
    private bool IsUserProbe => _context.Provider is ProbeProvider.UProbe or ProbeProvider.URetProbe or ProbeProvider.Usdt;

    private PointerType CurrentTask() =>
        new(Types.FindStruct("task_struct") is { } task ? task : VoidType.Instance, MemorySpace.Kernel);

    // The process that started the task's, and the first thread of the task's own. A process is started by one of its parent's threads: the process is asked for, as pid means one.
    private ScriptType? MeanTask(Expression node, Expression task, string name)
    {
        (string relation, string field) = name switch
        {
            "ppid" => ("real_parent", "tgid"),
            "pcomm" => ("real_parent", "comm"),
            "leader_tid" => ("group_leader", "pid"),
            _ => ("group_leader", "comm"),
        };
        return Mean(node, new FieldAccess(node.Span, new FieldAccess(node.Span, task, relation), field));
    }

    // config: the settings that a script can do something with.
    private RecordExpression SettingsRecord(SourceSpan span)
    {
        RecordElement Number(string name, long value) => new(span, name, new IntegerLiteral(span, (ulong)value));
        RecordElement Text(string name, string value) => new(span, name, new StringLiteral(span, value));
        return new RecordExpression(span,
        [
            Number("max_strlen", Settings.MaximumStringLength), Number("max_map_keys", Settings.MaximumMapKeys), Number("max_cat_bytes", Settings.MaximumCatBytes),
            Number("max_probes", Settings.MaximumProbes), Number("on_stack_limit", Settings.OnStackLimit), Number("perf_rb_pages", Settings.RingPages),
            new(span, "print_maps_on_exit", new BooleanLiteral(span, Settings.PrintMapsOnExit)), Text("stack_mode", StackModes[(int)Settings.StackMode]),
            Text("str_trunc_trailer", Settings.TruncationTrailer), Text("missing_probes", Settings.MissingProbes.ToString().ToLowerInvariant()), Text("license", Settings.License),
        ]);
    }

    private ScriptType? NeedsTypes(Expression node) => Error(node, $"{node.Span.Text} needs the kernel's types", "this kernel has no type information (CONFIG_DEBUG_INFO_BTF)");

    // What the program is called with.
    private ScriptType? ContextType(Expression node)
    {
        string? name = _context switch
        {
            { Provider: ProbeProvider.Iterator } => _context.AttachTypeId != 0 ? IteratorContext() : null,
            { ProgramType: BpfProgramType.KProbe } => "pt_regs",
            { ProgramType: BpfProgramType.PerfEvent } => "bpf_perf_event_data",
            _ => null,
        };
        ScriptType target = name is not null && Types.FindStruct(name) is { } record ? record : VoidType.Instance;
        if (_context.Provider == ProbeProvider.Iterator && target is VoidType)
            return NeedsTypes(node);
        return new PointerType(target, MemorySpace.Context);
    }

    // bpf_iter_task() is the iterator's function; struct bpf_iter__task is what it is called with.
    private string? IteratorContext() =>
        Types.Kernel?.TryGet(_context.AttachTypeId)?.Name is { } function && function.StartsWith("bpf_iter_", StringComparison.Ordinal) ? $"bpf_iter__{function["bpf_iter_".Length..]}" : null;

    private static string NameOf(ProbeProvider provider) => provider switch
    {
        ProbeProvider.RawTracepoint => "rawtracepoint",
        ProbeProvider.Iterator => "iter",
        ProbeProvider.Begin => "begin",
        _ => provider.ToString().ToLowerInvariant(),
    };

    /// <summary>What <c>probetype</c> is.</summary>
    internal static string TypeNameOf(ProbeProvider provider) =>
        provider is ProbeProvider.Begin or ProbeProvider.End or ProbeProvider.Self ? "special" : NameOf(provider);

    private static string NamesOf(ProbeProvider providers)
    {
        var names = new List<string>();
        for (uint rest = (uint)providers; rest != 0; rest &= rest - 1)
            names.Add(NameOf((ProbeProvider)(1 << BitOperations.TrailingZeroCount(rest))));
        return string.Join(", ", names);
    }
}
