using PerfTrace.Bpf;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.BpfTrace;

// Functions of the kernel.
internal sealed partial class ProbeResolver
{
    private IReadOnlyList<ProbeTarget> KernelProbes(AttachPoint point, ProbeNeeds? needs)
    {
        bool isReturn = point.Provider == ProbeProvider.KRetProbe;
        string prefix = isReturn ? "kretprobe" : "kprobe";
        var context = new ProbeContext { Provider = point.Provider, ProgramType = BpfProgramType.KProbe };
        if (point.Address is { } address)
            return [new($"{prefix}:0x{address:x}", context, new KProbeHook("", address, isReturn))];
        if (!point.IsPattern)
            return [new($"{prefix}:{point.Function}{(point.Offset > 0 ? $"+{point.Offset}" : "")}", context, new KProbeHook(point.Function!, point.Offset, isReturn))];
        KernelFunction[] functions = [.. Matching(point)];
        if (functions.Length == 0)
            return [];
        if (_options.IsOneByOne || LacksLinksOfMany.Value)
            return [.. OneByOne(functions, prefix, context, isReturn)];
        // All of them with one link, since Linux 5.18; a program that asks for its probe's name is told by a cookie for each.
        context = context with { AttachType = BpfAttachType.TraceKProbeMulti };
        return needs is { ReadsProbe: true }
            ? [.. AtEntry(functions).GroupBy(static f => f.Name).Select(named => new ProbeTarget($"{prefix}:{named.Key}", context, new KProbeMultiHook([.. named], isReturn)))]
            : [new($"{prefix}:{point.Function}", context, new KProbeMultiHook(functions, isReturn))];
    }

    // Before Linux 5.18, or where there are no fprobes: a probe for each. Where several functions have a name, the kernel wants their addresses.
    private IEnumerable<ProbeTarget> OneByOne(KernelFunction[] functions, string prefix, ProbeContext context, bool isReturn)
    {
        foreach (IGrouping<string, KernelFunction> named in functions.GroupBy(static f => f.Name))
        {
            KernelFunction[] places = named.Count() == 1 ? [] : [.. AtEntry(named).Where(static f => f.Address is not null)];
            if (places.Length == 0)
                yield return new($"{prefix}:{named.Key}", context, new KProbeHook(named.Key, 0, isReturn));
            foreach (KernelFunction place in places)
                yield return new($"{prefix}:{named.Key}", context, new KProbeHook("", place.Address!.Value, isReturn));
        }
    }

    // A cookie is looked up by where the function begins (bpf_kprobe_multi_cookie() of kernel/trace/bpf_trace.c); ftrace lists where its call is, which is behind an endbr64.
    private IEnumerable<KernelFunction> AtEntry(IEnumerable<KernelFunction> functions)
    {
        KernelSymbolTable symbols = _symbols.Value;
        return functions.Select(f => f.Address is { } address && symbols.TryFind(address, out _, out ulong distance, out _, out _) ? f with { Address = address - distance } : f);
    }

    private IEnumerable<KernelFunction> Matching(AttachPoint point)
    {
        Func<string, bool> isName = ProbePattern.Of(point.Function), isModule = ProbePattern.Of(point.Target);
        return _functions.Value.Where(f => isName(f.Name) && (point.Target is null || isModule(f.Module ?? "vmlinux")));
    }

    private IEnumerable<ProbeTarget> Functions(AttachPoint point)
    {
        BtfTypes types = BtfTypes.Kernel;
        string prefix = point.Provider == ProbeProvider.Fentry ? "fentry" : "fexit";
        IEnumerable<string> names = point.IsPattern ? Matching(point).Select(static f => f.Name).Distinct() : [point.Function!];
        foreach (string name in names)
        {
            if (types.Find(name, BtfKind.Function) is not { } function)
            {
                if (point.IsPattern)
                    continue;
                throw KernelFunctions.NotFound(name, _functions.Value);
            }
            (RecordType arguments, ScriptType? result) = _types.OfFunction(function);
            yield return new($"{prefix}:{point.Target ?? "vmlinux"}:{name}", new ProbeContext
            {
                Provider = point.Provider,
                ProgramType = BpfProgramType.Tracing,
                AttachType = point.Provider == ProbeProvider.Fentry ? BpfAttachType.TraceFEntry : BpfAttachType.TraceFExit,
                AttachTypeId = function.Id,
                Arguments = arguments,
                ReturnType = result,
            }, new TracingHook(name));
        }
    }

    // Each function of each BPF program is loaded for on its own: its number is one in the types of that program.
    private ProbeTarget[] FunctionsOfPrograms(AttachPoint point)
    {
        BpfProgramFunction[] all = [.. BpfProgramFunction.List(point.ProgramId)];
        string prefix = point.Provider == ProbeProvider.Fentry ? "fentry" : "fexit";
        Func<string, bool> isName = ProbePattern.Of(point.Function);
        ProbeTarget[] found = [.. all.Where(f => isName(f.Name)).Select(f =>
        {
            (RecordType arguments, ScriptType? result) = _types.OfProgramFunction(f.Function);
            return new ProbeTarget($"{prefix}:bpf:{f.ProgramId}:{f.Name}", new ProbeContext
            {
                Provider = point.Provider,
                ProgramType = BpfProgramType.Tracing,
                AttachType = point.Provider == ProbeProvider.Fentry ? BpfAttachType.TraceFEntry : BpfAttachType.TraceFExit,
                AttachTypeId = f.Function.Id,
                AttachProgram = f.ProgramId,
                Arguments = arguments,
                ReturnType = result,
            }, new TracingHook(f.Name));
        })];
        return found.Length > 0 || point.IsPattern ? found
            : throw new ScriptException(point.Span, $"there is no BPF program with a function '{point.Function}' that can be traced{(point.ProgramId is { } id ? $" among those of program {id}" : "")}",
                Hints.Nearest(point.Function!, all.Select(static f => f.Name).Distinct()) ?? "it must be compiled to machine code, have type information, and be none of tracing itself; Get-BpfTraceProbe fentry:bpf:* lists those that are there");
    }
}
