using System.Globalization;
using PerfTrace.Kernel;
using PerfTrace.Symbols;
using PerfTrace.Tracing;

namespace PerfTrace.BpfTrace;

/// <summary>What probes hand over, with the types as C has them.</summary>
internal static class ProbeArguments
{
    public static IReadOnlyList<BpfTraceProbeArgument> None(BpfTraceProbe probe) => [];

    public static IReadOnlyList<BpfTraceProbeArgument> OfTracepoint(BpfTraceProbe probe, Tracepoint tracepoint) =>
        [.. tracepoint.Fields.Select(f => new BpfTraceProbeArgument(probe.Name, f.Name, f.TypeName))];

    /// <summary>Of a raw tracepoint: <see cref="ProbeTypes.OfRawTracepoint"/> says where they are told. Those that have no name are arg0 and on.</summary>
    public static IReadOnlyList<BpfTraceProbeArgument> OfRawTracepoint(BpfTraceProbe probe, BtfTypes types)
    {
        BtfType? prototype = types.Find($"__traceiter_{probe.Function}", BtfKind.Function)?.Type ?? types.Find($"btf_trace_{probe.Function}", BtfKind.Typedef)?.Type?.Type;
        return prototype is null ? [] : Parameters(probe, prototype.Parameters.Skip(1));
    }

    public static IReadOnlyList<BpfTraceProbeArgument> OfFunction(BpfTraceProbe probe, BtfTypes types, bool hasResult)
    {
        return types.Find(probe.Function, BtfKind.Function) is { } function ? OfFunction(probe, function, hasResult) : [];
    }

    public static IReadOnlyList<BpfTraceProbeArgument> OfFunction(BpfTraceProbe probe, BtfType function, bool hasResult)
    {
        if (function.Type is not { } prototype)
            return [];
        IReadOnlyList<BpfTraceProbeArgument> parameters = Parameters(probe, prototype.Parameters);
        return hasResult && prototype.Type is { } result && result.Kind != BtfKind.Void ? [.. parameters, new BpfTraceProbeArgument(probe.Name, "retval", result.TypeName)] : parameters;
    }

    // struct bpf_iter__task { struct bpf_iter_meta *meta; struct task_struct *task; } (kernel/bpf/task_iter.c): what the kernel hands to the program.
    public static IReadOnlyList<BpfTraceProbeArgument> OfIterator(BpfTraceProbe probe, BtfTypes types) =>
        types.Find($"bpf_iter__{probe.Function}", BtfKind.Struct) is { } context
            ? [.. context.Members.Select(m => m.Type is { Kind: BtfKind.Union, Members: [var only] } ? only : m).Select(m => new BpfTraceProbeArgument(probe.Name, m.Name, m.Type.TypeName))] : [];

    /// <summary>Of a function of a program or library, as its debug information tells them: its parameters, or at its return the result.</summary>
    public static IReadOnlyList<BpfTraceProbeArgument> OfUserFunction(BpfTraceProbe probe, DwarfEntry? function, bool isReturn)
    {
        if (function is null)
            return [];
        return isReturn
            ? function.Type is { } result ? [new BpfTraceProbeArgument(probe.Name, "retval", result.TypeName)] : []
            : [.. function.Children.Where(static c => c.Tag == DwarfEntry.Parameter).Select((p, i) => new BpfTraceProbeArgument(probe.Name, p.Name.Length > 0 ? p.Name : Numbered(i), p.Type?.TypeName ?? "void"))];
    }

    public static IReadOnlyList<BpfTraceProbeArgument> OfUsdt(BpfTraceProbe probe, UsdtProbe usdt) =>
        [.. usdt.Arguments.Select((a, i) => new BpfTraceProbeArgument(probe.Name, Numbered(i),
            a.Size == 0 ? "long" : string.Create(CultureInfo.InvariantCulture, $"{(a.IsSigned ? "" : "u")}int{8 * a.Size}_t")))];

    private static BpfTraceProbeArgument[] Parameters(BpfTraceProbe probe, IEnumerable<BtfParameter> parameters) =>
        [.. parameters.Select((p, i) => new BpfTraceProbeArgument(probe.Name, p.Name.Length > 0 ? p.Name : Numbered(i), p.TypeName))];

    private static string Numbered(int index) => string.Create(CultureInfo.InvariantCulture, $"arg{index}");
}
