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

    // typedef void (*btf_trace_sched_switch)(void *, bool preempt, …): the first is not of the tracepoint (include/trace/bpf_probe.h).
    public RecordType? OfRawTracepoint(string name) =>
        types.Kernel?.Find($"btf_trace_{name}", BtfKind.Typedef)?.Type is { Kind: BtfKind.Pointer, Type: { Kind: BtfKind.FunctionPrototype } prototype }
            ? types.OfParameters(prototype, name, skip: 1) : null;
}
