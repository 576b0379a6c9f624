using System.Globalization;
using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Symbols;
using PerfTrace.Tracing;

namespace PerfTrace.BpfTrace;

/// <summary>The probes that there are on this machine, and that a script can be attached to. Those of timers and addresses have no list.</summary>
public sealed class BpfTraceProbes
{
    // What include/linux/bpf.h's DEFINE_BPF_ITER_FUNC puts before the name of an iterator, and include/trace/bpf_probe.h before that of a tracepoint.
    private const string IteratorFunction = "bpf_iter_", TracepointType = "btf_trace_";

    private const ProbeProvider User = ProbeProvider.UProbe | ProbeProvider.URetProbe | ProbeProvider.Usdt;

    private static readonly Func<string, bool> Any = static _ => true;

    private readonly SystemPaths _paths;
    private readonly int _processId;
    private readonly string _directory;
    private readonly Action<string>? _note, _verbose;
    private readonly Lazy<(KernelFunction[]? Functions, string Reason)> _traceable;
    private readonly HashSet<string> _told = [];
    private bool _isKindNamed;

    /// <param name="processId">The program and the USDT probes of this process, where a pattern names no file; -1: of none.</param>
    /// <param name="note">Hears, once, why there are no probes of a kind that was asked for.</param>
    /// <param name="verbose">Hears the same of the kinds that were not.</param>
    /// <param name="directory">What relative paths start from; null: the process's directory.</param>
    public BpfTraceProbes(int processId = -1, Action<string>? note = null, Action<string>? verbose = null, string? directory = null)
    {
        _directory = directory ?? Environment.CurrentDirectory;
        _paths = SystemPaths.Default;
        _processId = processId;
        _note = note;
        _verbose = verbose;
        _traceable = new Lazy<(KernelFunction[]?, string)>(() => (KernelFunctions.Traceable(_paths, out string reason)?.ToArray(), reason));
    }

    /// <summary>The kinds whose probes can be listed, by name.</summary>
    public static IReadOnlyList<string> Kinds { get; } = (string[])[.. Listed.Select(ProbeProviders.NameOf)];

    private static ProbeProvider[] Listed =>
    [
        ProbeProvider.KProbe, ProbeProvider.KRetProbe, ProbeProvider.UProbe, ProbeProvider.URetProbe, ProbeProvider.Usdt, ProbeProvider.Tracepoint, ProbeProvider.RawTracepoint,
        ProbeProvider.Fentry, ProbeProvider.Fexit, ProbeProvider.Software, ProbeProvider.Hardware, ProbeProvider.Iterator,
    ];

    /// <summary>Whether the probes of a kind are in a program or library, which their names begin with.</summary>
    public static bool IsOfFile(string kind) => (ProbeProviders.Find(kind) & User) != 0;

    /// <summary>The probes of a name or pattern (<c>*</c>, <c>?</c>, <c>[abc]</c>), as they are found.</summary>
    /// <param name="pattern">
    /// As an attach point is written (<c>tracepoint:sched:*</c>, <c>kprobe:tcp_*</c>, <c>uprobe:/bin/bash:read*</c>); the kind alone for all of it; a pattern without a colon for whole names
    /// of the kernel's probes, a word without a colon for an event or function of that name.
    /// </param>
    /// <exception cref="ProbeNotFoundException">There is none of a name, or no kind of it that has a list.</exception>
    /// <exception cref="KernelException">A file can not be read.</exception>
    /// <exception cref="ElfException">A file is no program or library.</exception>
    /// <exception cref="FileNotFoundException">There is no program or library of a name.</exception>
    /// <exception cref="CommandException">The program of a name can not be run.</exception>
    public IEnumerable<BpfTraceProbe> List(string pattern)
    {
        bool isFound = false;
        foreach (BpfTraceProbe probe in Find(pattern))
        {
            isFound = true;
            yield return probe;
        }
        // A kind or a file may have none.
        if (!isFound && !AttachPoint.HasWildcard(pattern) && ProbeProviders.Find(pattern) == ProbeProvider.None && !IsFile(pattern))
            throw new ProbeNotFoundException(pattern, "probe", Near(pattern));
    }

    private IEnumerable<BpfTraceProbe> Find(string pattern)
    {
        int colon = pattern.IndexOf(':', StringComparison.Ordinal);
        string kind = colon < 0 ? pattern : pattern[..colon];
        ProbeProvider provider = ProbeProviders.Find(kind);
        _isKindNamed = provider != ProbeProvider.None;
        if (colon < 0 && provider == ProbeProvider.None)
        {
            if (!AttachPoint.HasWildcard(pattern))
                return ProbeProviders.OfKernel.SelectMany(p => OfKind(p, Any, name => name == pattern));
            Func<string, bool> isName = ProbePattern.Of(pattern);
            return ProbeProviders.OfKernel.SelectMany(p => OfKind(p, Any, Any)).Where(p => isName(p.Name));
        }
        string rest = colon < 0 ? "*" : pattern[(colon + 1)..];
        if (provider != ProbeProvider.None)
        {
            return Listed.Contains(provider) ? OfKind(provider, rest)
                : throw new ProbeNotFoundException(pattern, "list of the probe", [], $" It is written as {ProbeProviders.FormOf(provider)}.");
        }
        if (!AttachPoint.HasWildcard(kind))
            throw new ProbeNotFoundException(kind, "kind of probe", NearestNames.Find(kind, Kinds), $" The kinds that have a list are {string.Join(", ", Kinds)}.");
        Func<string, bool> isKind = ProbePattern.Of(kind);
        ProbeProvider[] kinds = rest.Contains('/', StringComparison.Ordinal) || _processId >= 0 ? ProbeProviders.OfProcesses : ProbeProviders.OfKernel;
        return kinds.Where(p => isKind(ProbeProviders.NameOf(p))).SelectMany(p => OfKind(p, rest));
    }

    // "name", "target:name"; a target alone is one of the same word.
    private IEnumerable<BpfTraceProbe> OfKind(ProbeProvider provider, string rest)
    {
        if ((provider & User) != 0)
            return OfUser(provider, rest);
        if ((provider & (ProbeProvider.Fentry | ProbeProvider.Fexit)) != 0 && rest.StartsWith("bpf:", StringComparison.Ordinal))
            return OfPrograms(provider, rest[4..]);
        int colon = rest.IndexOf(':', StringComparison.Ordinal);
        return colon >= 0 ? OfKind(provider, ProbePattern.Of(rest[..colon]), ProbePattern.Of(rest[(colon + 1)..]))
            : provider == ProbeProvider.Tracepoint && !AttachPoint.HasWildcard(rest) ? OfKind(provider, Any, Any).Where(p => p.Function == rest || p.Target == rest)
            : OfKind(provider, Any, ProbePattern.Of(rest));
    }

    private IEnumerable<BpfTraceProbe> OfKind(ProbeProvider provider, Func<string, bool> isTarget, Func<string, bool> isName) => provider switch
    {
        ProbeProvider.Tracepoint => Tracepoints(isTarget, isName),
        ProbeProvider.RawTracepoint => isTarget("vmlinux") ? OfTypes(provider, BtfKind.Typedef, TracepointType, isName) : [],
        ProbeProvider.Iterator => OfTypes(provider, BtfKind.Function, IteratorFunction, isName),
        ProbeProvider.KProbe or ProbeProvider.KRetProbe => KProbes(provider, isTarget, isName),
        ProbeProvider.Fentry or ProbeProvider.Fexit => isTarget("vmlinux") ? Trampolines(provider, isName) : [],
        _ => PerfEvents(provider, isName),
    };

    private static IEnumerable<BpfTraceProbe> Tracepoints(Func<string, bool> isCategory, Func<string, bool> isName)
    {
        // What tracefs has for itself (ftrace:function) no program can be attached to.
        foreach (Tracepoint found in TracepointCatalogue.List(TracingDirectory.Open(SystemPaths.Default), s => s != "ftrace" && isCategory(s), (_, name) => isName(name)))
            yield return new BpfTraceProbe(ProbeProvider.Tracepoint, found.System, found.Name, p => ProbeArguments.OfTracepoint(p, found));
    }

    private IEnumerable<BpfTraceProbe> OfTypes(ProbeProvider provider, BtfKind kind, string prefix, Func<string, bool> isName)
    {
        if (Types(provider) is not { } types)
            yield break;
        bool isIterator = provider == ProbeProvider.Iterator;
        foreach (string name in types.Where(t => t.Kind == kind && t.Name.StartsWith(prefix, StringComparison.Ordinal)).Select(t => t.Name[prefix.Length..]).Order(StringComparer.Ordinal))
        {
            // Of the functions of this prefix those are iterators that have a context.
            if (isName(name) && (!isIterator || types.Find($"bpf_iter__{name}", BtfKind.Struct) is not null))
                yield return new BpfTraceProbe(provider, null, name, p => isIterator ? ProbeArguments.OfIterator(p, types) : ProbeArguments.OfRawTracepoint(p, types));
        }
    }

    /// <summary>Whether kprobes can be opened: the PMU for them is there, since Linux 4.17.</summary>
    internal static bool HasKProbes(SystemPaths paths) => Directory.Exists(Path.Combine(paths.Sys, "bus/event_source/devices/kprobe"));

    private IEnumerable<BpfTraceProbe> KProbes(ProbeProvider provider, Func<string, bool> isModule, Func<string, bool> isName)
    {
        if (!HasKProbes(_paths))
        {
            Note("There are no probes at functions of the kernel: it was built without CONFIG_KPROBES.");
            return [];
        }
        return (_traceable.Value.Functions ?? KernelFunctions.List(_paths)).Where(f => isName(f.Name) && isModule(f.Module ?? "vmlinux")).DistinctBy(static f => f.Name)
            .Select(f => new BpfTraceProbe(provider, null, f.Name, ProbeArguments.None));
    }

    private IEnumerable<BpfTraceProbe> Trampolines(ProbeProvider provider, Func<string, bool> isName)
    {
        if (Types(provider) is not { } types)
            return [];
        if (_traceable.Value is not ({ } traceable, _))
        {
            Note($"There are no probes of the kinds fentry and fexit: {_traceable.Value.Reason}.");
            return [];
        }
        HashSet<string> typed = [.. types.Where(static t => t.Kind == BtfKind.Function).Select(static t => t.Name)];
        return traceable.Where(f => f.Module is null && isName(f.Name) && typed.Contains(f.Name)).DistinctBy(static f => f.Name)
            .Select(f => new BpfTraceProbe(provider, "vmlinux", f.Name, p => ProbeArguments.OfFunction(p, types, provider == ProbeProvider.Fexit)));
    }

    // "function", "id:function"
    private static IEnumerable<BpfTraceProbe> OfPrograms(ProbeProvider provider, string rest)
    {
        int colon = rest.IndexOf(':', StringComparison.Ordinal);
        Func<string, bool> isId = ProbePattern.Of(colon < 0 ? null : rest[..colon]), isName = ProbePattern.Of(rest[(colon + 1)..]);
        return BpfProgramFunction.List(null).Where(f => isName(f.Name) && isId(f.ProgramId.ToString(CultureInfo.InvariantCulture)))
            .Select(f => new BpfTraceProbe(provider, $"bpf:{f.ProgramId}", f.Name, p => ProbeArguments.OfFunction(p, f.Function, provider == ProbeProvider.Fexit)));
    }

    private IEnumerable<BpfTraceProbe> PerfEvents(ProbeProvider provider, Func<string, bool> isName)
    {
        if (provider == ProbeProvider.Hardware && EventCatalogue.Default.Resolve("cycles").Any(static g => !g.Leader.IsSupported))
        {
            Note("There are no hardware events: this machine has no PMU that counts them.");
            return [];
        }
        return PerfEventNames.Of(provider).Values.Distinct().Where(isName).Select(n => new BpfTraceProbe(provider, null, n, ProbeArguments.None));
    }

    // "function" and "probe" with a process, "file", "file:function", "file:probe", "file:provider:probe".
    private IEnumerable<BpfTraceProbe> OfUser(ProbeProvider provider, string rest)
    {
        string[] parts = rest.Split(':');
        bool hasFile = _processId < 0 || parts[0].Contains('/', StringComparison.Ordinal) || parts.Length > 1;
        string[] names = hasFile ? parts[1..] : parts;
        Func<string, bool> isName = ProbePattern.Of(names.Length == 0 ? null : string.Join(':', names));
        if (hasFile)
            return FilesOf(parts[0]).SelectMany(file => provider == ProbeProvider.Usdt ? Usdt(UsdtSources.OfFile(file.Path), file.Name, names, isName) : FunctionsOf(provider, file.Name, file.Path, isName));
        string own = Path.Combine(_paths.Proc, $"{_processId}/exe");
        return provider == ProbeProvider.Usdt ? Usdt(UsdtSources.OfProcess(_paths, _processId), null, names, isName) : FunctionsOf(provider, own, own, isName);
    }

    // Without its provider a probe of any; a probe has one object for all its places.
    private static IEnumerable<BpfTraceProbe> Usdt(IEnumerable<UsdtProbe> all, string? file, string[] names, Func<string, bool> isName) =>
        all.Where(p => isName(names.Length > 1 ? p.Probe : p.Name)).DistinctBy(static p => (p.Path, p.Probe))
            .Select(u => new BpfTraceProbe(ProbeProvider.Usdt, file ?? u.Path, u.Probe, p => ProbeArguments.OfUsdt(p, u)));

    private static IEnumerable<BpfTraceProbe> FunctionsOf(ProbeProvider provider, string name, string path, Func<string, bool> isName)
    {
        using (ElfFile.Open(path))
        {
            // For the error of what is none: its functions' names are only looked for.
        }
        // Read when the first asks, for all of them. The file is open as long as somebody has one of these.
        var file = new Lazy<DwarfFile?>(() => ProbeTypes.Open(path));
        var places = new Lazy<ILookup<string, ulong>>(() => UProbeResolver.Find(path, isName).ToLookup(static f => f.Target.Symbol!, static f => f.Address));
        return UProbeResolver.FunctionNames(path).Where(isName).Select(f => new BpfTraceProbe(provider, name, f, p =>
            ProbeArguments.OfUserFunction(p, file.Value is { } information ? places.Value[f].Select(information.FunctionAt).FirstOrDefault(static e => e is not null) : null, provider == ProbeProvider.URetProbe)));
    }

    private static bool IsFile(string pattern) => pattern.Split(':') is [var kind, var file] && (ProbeProviders.Find(kind) & ProbeProviders.WithPaths) != 0 && file.Contains('/', StringComparison.Ordinal);

    private IReadOnlyList<(string Name, string Path)> FilesOf(string name)
    {
        if (name.Length == 0 || (name == "*" && _processId < 0))
            throw new ProbeNotFoundException(name, "list of the probes of all files", [], " Name one: uprobe:/bin/bash:*, or give a process.");
        var files = new ProbeFiles(_paths, _directory, _processId);
        return name == "*" ? files.Loaded(_verbose) : files.Find(name);
    }

    private BtfTypes? Types(ProbeProvider provider)
    {
        try
        {
            return BtfTypes.Kernel;
        }
        catch (KernelFeatureException e)
        {
            Note($"There are no probes of the kind {ProbeProviders.NameOf(provider)}: {e.Message}");
            return null;
        }
    }

    private void Note(string text)
    {
        if (_told.Add(text))
            (_isKindNamed ? _note : _verbose)?.Invoke(text);
    }

    // By the last part of the name: the kind and the category are mostly right.
    private IReadOnlyList<string> Near(string pattern)
    {
        int colon = pattern.IndexOf(':', StringComparison.Ordinal), last = pattern.LastIndexOf(':');
        ProbeProvider provider = colon < 0 ? ProbeProvider.None : ProbeProviders.Find(pattern[..colon]);
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (BpfTraceProbe probe in provider == ProbeProvider.None ? ProbeProviders.OfKernel.SelectMany(p => OfKind(p, Any, Any))
            : OfKind(provider, (provider & ProbeProviders.WithPaths) != 0 && last > colon ? $"{pattern[(colon + 1)..last]}:*" : "*"))
        {
            all.TryAdd(probe.Function, probe.Name);
        }
        return [.. NearestNames.Find(pattern[(last + 1)..], all.Keys).Select(n => all[n])];
    }
}
