using PerfTrace.Bpf;
using PerfTrace.Kernel;
using PerfTrace.Symbols;
using PerfTrace.Tracing;

namespace PerfTrace.BpfTrace;

// Functions and probes of programs and libraries.
internal sealed partial class ProbeResolver
{
    private IEnumerable<ProbeTarget> UserProbes(AttachPoint point, bool readsArguments)
    {
        bool isReturn = point.Provider == ProbeProvider.URetProbe;
        string prefix = isReturn ? "uretprobe" : "uprobe";
        string path = Binary(point);
        var context = new ProbeContext { Provider = point.Provider, ProgramType = BpfProgramType.KProbe };
        if (point.Address is { } address)
        {
            yield return At($"{prefix}:{path}:{address}", context, UProbeHook.Find(path, $"0x{address:x}", isReturn, _options.ProcessId, _options.Verbose), readsArguments);
            yield break;
        }
        Func<string, bool> isName = ProbePattern.Of(point.Function);
        IEnumerable<string> names = point.IsPattern ? UProbeResolver.FunctionNames(path).Where(isName).Distinct() : [point.Function!];
        foreach (string name in names)
        {
            string place = point.Offset > 0 ? $"{name}+{point.Offset}" : name;
            yield return At($"{prefix}:{path}:{place}", context, UProbeHook.Find(path, place, isReturn, _options.ProcessId, _options.Verbose), readsArguments);
        }
    }

    private ProbeTarget At(string name, ProbeContext context, UProbeHook hook, bool readsArguments)
    {
        using ElfFile file = ElfFile.Open(hook.Path);
        if (file.AddressOf(hook.Offset) is not { } address)
            return new(name, context, hook);
        return new(name, context with
        {
            Place = new UserPlace(hook.Path, hook.Offset, address),
            // At its return the function's arguments are gone.
            Arguments = readsArguments && !hook.IsReturn ? _types.OfUserFunction(hook.Path, address) : null,
        }, hook);
    }

    private IEnumerable<ProbeTarget> UsdtProbes(AttachPoint point)
    {
        Func<string, bool> isProvider = ProbePattern.Of(point.Namespace), isName = ProbePattern.Of(point.Function);
        bool isFound = false;
        IEnumerable<UsdtProbe> all = point.Target is null && _options.ProcessId >= 0
            ? UsdtSources.OfProcess(_paths, _options.ProcessId, _options.Verbose) : UsdtSources.OfFile(Binary(point));
        foreach (UsdtProbe probe in all.Where(p => isProvider(p.Provider) && isName(p.Name)))
        {
            isFound = true;
            yield return new($"usdt:{probe.Path}:{probe.Provider}:{probe.Name}", new ProbeContext
            {
                Provider = ProbeProvider.Usdt,
                ProgramType = BpfProgramType.KProbe,
                Place = new UserPlace(probe.Path, probe.Offset ?? 0, probe.Address) { Arguments = probe.Arguments },
            }, UProbeHook.Of(probe, _options.ProcessId));
        }
        if (!isFound && !point.IsPattern)
            throw new ScriptException(point.Span, $"{point.Raw}: the file has no such probe", "Get-UsdtProbe shows what it has");
    }

    // A path, a library that is looked up as the loader does, or a command as the shell does; of a process its own program.
    private string Binary(AttachPoint point)
    {
        if (point.Target is not { } target)
            return _options.ProcessId >= 0 ? $"{_paths.Proc}/{_options.ProcessId}/exe" : throw new ScriptException(point.Span, "the program or library is missing", "write uprobe:/path:function, or say which process");
        return target.Contains('/') ? target : (target.StartsWith("lib", StringComparison.Ordinal) ? LibraryPath.Find(target) : null) ?? CommandPath.Find(target, Environment.CurrentDirectory);
    }
}
