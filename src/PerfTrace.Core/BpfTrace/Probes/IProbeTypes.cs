using PerfTrace.Events;
using PerfTrace.Kernel;

namespace PerfTrace.BpfTrace;

/// <summary>The types that probes give their programs.</summary>
internal interface IProbeTypes
{
    /// <summary>The record of a tracepoint, one object for each format.</summary>
    RecordType OfTracepoint(EventFormat format);

    /// <summary>The arguments of a function of the kernel, 8 bytes each, and the type of its result (null for none).</summary>
    (RecordType Arguments, ScriptType? Result) OfFunction(BtfType function);

    /// <summary>The arguments of a raw tracepoint by its <c>btf_trace_</c> typedef; null where the kernel's types have none.</summary>
    RecordType? OfRawTracepoint(string name);
}
