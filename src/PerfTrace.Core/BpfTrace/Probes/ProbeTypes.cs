using PerfTrace.Events;
using PerfTrace.Kernel;
using PerfTrace.Symbols;

namespace PerfTrace.BpfTrace;

/// <summary>The types of probes as a script's own types and the kernel's tell them.</summary>
/// <remarks>Of programs' types only what was read before it is disposed of is there: what they lead to is read from files, which it keeps open.</remarks>
internal sealed class ProbeTypes(RecordTypes types) : IDisposable
{
    // include/trace/bpf_probe.h
    private const string RawTracepointType = "btf_trace_";

    private readonly Dictionary<string, (DwarfFile? File, DwarfScriptTypes Types)> _programs = new(StringComparer.Ordinal);

    /// <summary>The record of a tracepoint, one object for each format.</summary>
    public RecordType OfTracepoint(EventFormat format) => types.OfFormat(format);

    /// <summary>The arguments of a function of the kernel, 8 bytes each, and the type of its result (null for none).</summary>
    public (RecordType Arguments, ScriptType? Result) OfFunction(BtfType function)
    {
        BtfType prototype = function.Type!;
        return (types.OfParameters(prototype, function.Name), prototype.Type is { } result && result.Kind != BtfKind.Void ? types.OfResult(result) : null);
    }

    /// <summary>The same of a function of a BPF program, of its own types: the verifier follows none of the addresses.</summary>
    public (RecordType Arguments, ScriptType? Result) OfProgramFunction(BtfType function)
    {
        BtfType prototype = function.Type!;
        return (types.OfParameters(prototype, function.Name, isFollowed: false), prototype.Type is { } result && result.Kind != BtfKind.Void ? types.OfResult(result, isFollowed: false) : null);
    }

    /// <summary>The arguments of a raw tracepoint; null where the kernel's types have none.</summary>
    // int __traceiter_sched_switch(void *__data, bool preempt, …) has the names (include/linux/tracepoint.h); where it is inlined away, the type of the program that is called,
    // btf_trace_sched_switch, has the types alone (include/trace/bpf_probe.h). The first parameter is not of the tracepoint.
    public RecordType? OfRawTracepoint(string name) =>
        types.Kernel?.Find($"__traceiter_{name}", BtfKind.Function)?.Type is { } iterator ? types.OfParameters(iterator, name, skip: 1)
        : types.Kernel?.Find(RawTracepointType + name, BtfKind.Typedef)?.Type is { Kind: BtfKind.Pointer, Type: { Kind: BtfKind.FunctionPrototype } prototype }
            ? types.OfParameters(prototype, name, skip: 1) : null;

    /// <summary>The raw tracepoints of the kernel, without those of modules: its types have one for each.</summary>
    public IEnumerable<string> RawTracepoints => types.Kernel is not { } kernel ? []
        : kernel.Where(static t => t.Kind == BtfKind.Typedef && t.Name.StartsWith(RawTracepointType, StringComparison.Ordinal)).Select(static t => t.Name[RawTracepointType.Length..]);

    /// <summary>The parameters of a function of a program or library, as its debug information tells them; null where it does not.</summary>
    /// <param name="path">The file.</param>
    /// <param name="address">Where the function is, before the file is loaded anywhere.</param>
    public RecordType? OfUserFunction(string path, ulong address)
    {
        (DwarfFile? file, DwarfScriptTypes types) = Program(path);
        return file?.FunctionAt(address) is { } function ? types.OfParameters(function) : null;
    }

    /// <summary>The debug information of a program or library, open until this is disposed of; null where there is none, or no libdw.</summary>
    public DwarfFile? DebugInformation(string path) => Program(path).File;

    private (DwarfFile? File, DwarfScriptTypes Types) Program(string path)
    {
        if (!_programs.TryGetValue(path, out (DwarfFile? File, DwarfScriptTypes Types) known))
            _programs.Add(path, known = (Open(path), new DwarfScriptTypes()));
        return known;
    }

    public void Dispose()
    {
        foreach ((DwarfFile? file, _) in _programs.Values)
            file?.Dispose();
    }

    /// <summary>The debug information of a program or library, which may be in a file apart; null where there is none, or no libdw.</summary>
    public static DwarfFile? Open(string path)
    {
        try
        {
            var demangler = new Demangler(SymbolNameForm.Short);
            var file = new DwarfFile(path, demangler);
            if (file.HasInformation)
                return file;
            file.Dispose();
            using ElfFile program = ElfFile.Open(path);
            using ElfFile? apart = SeparateDebugFile.Open(program);
            return apart is null ? null : new DwarfFile(apart.Path, demangler);
        }
        catch (DllNotFoundException)
        {
            return null; // without libdw there are registers alone
        }
    }
}
