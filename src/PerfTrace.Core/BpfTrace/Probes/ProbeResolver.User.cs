using PerfTrace.Bpf;
using PerfTrace.Kernel;
using PerfTrace.Symbols;
using PerfTrace.Tracing;

namespace PerfTrace.BpfTrace;

// Functions and probes of programs and libraries.
internal sealed partial class ProbeResolver
{
    private readonly Dictionary<string, ILookup<string, (UProbeTarget Target, ulong Address)>> _userFunctions = new(StringComparer.Ordinal);

    // Of the files of a pattern, those that have the function.
    private List<ProbeTarget> UserProbes(AttachPoint point, ProbeNeeds? needs)
    {
        var found = new List<ProbeTarget>();
        SymbolNotFoundException? missing = null;
        foreach ((string name, string path) in Binaries(point))
        {
            try
            {
                found.AddRange(UserProbes(point, needs, name, path));
            }
            catch (SymbolNotFoundException e) when (ProbeFiles.IsPattern(point.Target))
            {
                missing ??= e;
            }
        }
        return found.Count == 0 && missing is not null && !AttachPoint.HasWildcard(point.Function)
            ? throw new ScriptException(point.Span, $"{point.Raw}: no program or library of that pattern has the function {point.Function}") : found;
    }

    private IEnumerable<ProbeTarget> UserProbes(AttachPoint point, ProbeNeeds? needs, string file, string path)
    {
        bool isReturn = point.Provider == ProbeProvider.URetProbe;
        string prefix = isReturn ? $"uretprobe:{file}" : $"uprobe:{file}";
        var context = new ProbeContext { Provider = point.Provider, ProgramType = BpfProgramType.KProbe };
        if (point.Address is { } address)
        {
            yield return At($"{prefix}:{address}", context, UProbeHook.Find(path, $"0x{address:x}", isReturn, _options.ProcessId, _options.Verbose), needs);
            yield break;
        }
        if (point.SourceLine is { } line)
        {
            yield return At($"{prefix}@{line.File}:{line.Line}{(line.Column > 0 ? $":{line.Column}" : "")}", context, SourceLine(point, path, line), needs);
            yield break;
        }
        if (point.Language is not null)
        {
            foreach ((UProbeTarget found, ulong place) in CppFunctions(point, path))
                yield return Function(found, place);
            yield break;
        }
        if (AttachPoint.HasWildcard(point.Function))
        {
            Func<string, bool> isName = ProbePattern.Of(point.Function);
            foreach ((UProbeTarget found, ulong place) in FunctionsOf(path).Where(p => isName(p.Key)).SelectMany(static p => p))
                yield return Function(found, place);
            yield break;
        }
        // One of many, which were asked for by a pattern before.
        if (point.Offset == 0 && _userFunctions.TryGetValue(path, out ILookup<string, (UProbeTarget Target, ulong Address)>? read) && read.Contains(point.Function!))
        {
            foreach ((UProbeTarget found, ulong place) in read[point.Function!])
                yield return Function(found, place);
            yield break;
        }
        string name = point.Offset > 0 ? $"{point.Function}+{point.Offset}" : point.Function!;
        yield return At($"{prefix}:{name}", context, UProbeHook.Find(path, name, isReturn, _options.ProcessId, _options.Verbose), needs);

        ProbeTarget Function(UProbeTarget found, ulong place) =>
            At($"{prefix}:{found.Symbol}", context, new UProbeHook(found.Path, found.Offset) { IsReturn = isReturn, ProcessId = _options.ProcessId }, place, needs);
    }

    private UProbeHook SourceLine(AttachPoint point, string path, (string File, int Line, int Column) line)
    {
        DwarfFile file = _types.DebugInformation(path)
            ?? throw new ScriptException(point.Span, $"{point.Raw}: {path} has no debug information, which tells where a source line is", $"compile it with -g, or install its debug package; {LibDw.Advice} where libdw is missing");
        IReadOnlyDictionary<string, ulong> found = file.FindLine(line.File, line.Line, line.Column);
        if (found.Count == 0)
            throw new ScriptException(point.Span, $"{point.Raw}: there is no code of that line in {path}");
        if (found.Count > 1)
            throw new ScriptException(point.Span, $"{point.Raw}: '{line.File}' may be {string.Join(" or ", found.Keys.Order(StringComparer.Ordinal))}", "write more of its path");
        using ElfFile program = ElfFile.Open(path);
        return program.OffsetOf(found.Values.Single()) is { } offset ? new UProbeHook(path, offset) { ProcessId = _options.ProcessId }
            : throw new ScriptException(point.Span, $"{point.Raw}: {path} does not load the code of that line");
    }

    // "ns::f" means all functions of that name, "ns::f(int)" one of them.
    private IEnumerable<(UProbeTarget Target, ulong Address)> CppFunctions(AttachPoint point, string path)
    {
        Func<string, bool> isName = ProbePattern.Of(point.Function);
        var near = new List<string>();
        bool isFound = false;
        foreach (IGrouping<string, (UProbeTarget Target, ulong Address)> symbol in FunctionsOf(path))
        {
            if (CppName.Demangle(symbol.Key) is not { } full)
                continue;
            string brief = CppShortName.Of(full);
            if (!isName(brief) && !isName(full))
            {
                near.Add(brief);
                continue;
            }
            isFound = true;
            foreach ((UProbeTarget Target, ulong Address) function in symbol)
                yield return function;
        }
        if (isFound || point.IsPattern)
            yield break;
        throw CppName.IsLibraryMissing ? new ScriptException(point.Span, $"{point.Raw}: names of C++ can not be read", CppName.Advice)
            : new ScriptException(point.Span, $"{point.Raw}: there is no such function of C++ in {path}", Hints.Nearest(point.Function!, near.Distinct()));
    }

    // A file's symbols are read once for all functions that a pattern means.
    private ILookup<string, (UProbeTarget Target, ulong Address)> FunctionsOf(string path)
    {
        if (!_userFunctions.TryGetValue(path, out ILookup<string, (UProbeTarget Target, ulong Address)>? found))
            _userFunctions.Add(path, found = UProbeResolver.Find(path, static _ => true, _options.Verbose).ToLookup(static f => f.Target.Symbol!));
        return found;
    }

    private ProbeTarget At(string name, ProbeContext context, UProbeHook hook, ProbeNeeds? needs)
    {
        using ElfFile file = ElfFile.Open(hook.Path);
        return file.AddressOf(hook.Offset) is { } address ? At(name, context, hook, address, needs) : new(name, context, hook);
    }

    private ProbeTarget At(string name, ProbeContext context, UProbeHook hook, ulong address, ProbeNeeds? needs) => new(name, context with
    {
        Place = new UserPlace(hook.Path, hook.Offset, address),
        // At its return the function's arguments are gone.
        Arguments = needs is { ReadsArguments: true } && !hook.IsReturn ? _types.OfUserFunction(hook.Path, address) : null,
    }, hook);

    private IEnumerable<ProbeTarget> UsdtProbes(AttachPoint point)
    {
        Func<string, bool> isProvider = ProbePattern.Of(point.Namespace), isName = ProbePattern.Of(point.Function);
        bool isFound = false;
        IEnumerable<(string Name, UsdtProbe Probe)> all = point.Target is null && _options.ProcessId >= 0
            ? UsdtSources.OfProcess(_paths, _options.ProcessId, _options.Verbose).Select(static p => (p.Path, p)) : Binaries(point).SelectMany(static f => UsdtSources.OfFile(f.Path).Select(p => (f.Name, p)));
        foreach ((string file, UsdtProbe probe) in all.Where(p => isProvider(p.Probe.Provider) && isName(p.Probe.Name)))
        {
            isFound = true;
            yield return new($"usdt:{file}:{probe.Provider}:{probe.Name}", new ProbeContext
            {
                Provider = ProbeProvider.Usdt,
                ProgramType = BpfProgramType.KProbe,
                Place = new UserPlace(probe.Path, probe.Offset ?? 0, probe.Address) { Arguments = probe.Arguments },
            }, UProbeHook.Of(probe, _options.ProcessId));
        }
        if (!isFound && !AttachPoint.HasWildcard(point.Function) && !AttachPoint.HasWildcard(point.Namespace))
            throw new ScriptException(point.Span, $"{point.Raw}: {(ProbeFiles.IsPattern(point.Target) ? "no file has such a probe" : "the file has no such probe")}", "Get-UsdtProbe shows what it has");
    }

    // Those of the pattern; of a process its own program. "usdt:*" are all that the process, or any, has loaded.
    private IReadOnlyList<(string Name, string Path)> Binaries(AttachPoint point)
    {
        var files = new ProbeFiles(_paths, _options.Directory, _options.ProcessId);
        if (point.Target is { } target)
            return target == "*" && (_options.ProcessId >= 0 || point.Provider == ProbeProvider.Usdt) ? files.Loaded(_options.Verbose) : files.Find(target);
        string own = _options.ProcessId >= 0 ? $"{_paths.Proc}/{_options.ProcessId}/exe" : throw new ScriptException(point.Span, "the program or library is missing", "write uprobe:/path:function, or say which process");
        return [(own, own)];
    }
}
