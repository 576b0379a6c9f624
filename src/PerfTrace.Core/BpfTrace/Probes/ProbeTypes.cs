using PerfTrace.Events;
using PerfTrace.Kernel;

namespace PerfTrace.BpfTrace;

/// <summary>The types of probes as a script's own types and the kernel's tell them.</summary>
internal sealed class ProbeTypes(RecordTypes types) : IProbeTypes
{
    public RecordType OfTracepoint(EventFormat format) => types.OfFormat(format);

    public (RecordType Arguments, ScriptType? Result) OfFunction(BtfType function)
    {
        BtfType prototype = function.Type!;
        return (types.OfParameters(prototype, function.Name), prototype.Type is { } result && result.Kind != BtfKind.Void ? types.OfResult(result) : null);
    }

    // int __traceiter_sched_switch(void *__data, bool preempt, …) has the names (include/linux/tracepoint.h); where it is inlined away, the type of the program that is called,
    // btf_trace_sched_switch, has the types alone (include/trace/bpf_probe.h). The first parameter is not of the tracepoint.
    public RecordType? OfRawTracepoint(string name) =>
        types.Kernel?.Find($"__traceiter_{name}", BtfKind.Function)?.Type is { } iterator ? types.OfParameters(iterator, name, skip: 1)
        : types.Kernel?.Find($"btf_trace_{name}", BtfKind.Typedef)?.Type is { Kind: BtfKind.Pointer, Type: { Kind: BtfKind.FunctionPrototype } prototype }
            ? types.OfParameters(prototype, name, skip: 1) : null;
}
