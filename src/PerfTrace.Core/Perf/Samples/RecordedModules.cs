using System.Globalization;
using PerfTrace.Symbols;

namespace PerfTrace.Perf;

/// <summary>The modules of a recording, one object for each.</summary>
internal sealed class RecordedModules(SymbolStore symbols)
{
    private readonly Dictionary<(string Path, string? BuildId, int ProcessId), CodeModule> _modules = [];
    private readonly Dictionary<string, string> _buildIds = new(StringComparer.Ordinal);

    private readonly Dictionary<string, ToldFunctions> _told = new(StringComparer.Ordinal);

    /// <summary>Where nothing is known to be.</summary>
    public CodeModule Unknown { get; } = new(symbols, "[unknown]", CodeModuleKind.Unknown);

    /// <summary>Tells the build id of a file.</summary>
    public void AddBuildId(PerfDataBuildId id) => _buildIds[id.Path] = id.BuildId;

    /// <summary>The kernel that was recorded is not the one that runs, by its release: without a build id its addresses have no names here.</summary>
    public bool IsOtherKernel { get; set; }

    /// <summary>Tells of functions of files: they have the names that nothing else tells.</summary>
    public void Tell(IEnumerable<(string Path, ToldFunctions Functions)> files)
    {
        foreach ((string path, ToldFunctions functions) in files)
            _told[path] = functions;
    }

    public string? BuildIdOf(string path) => _buildIds.GetValueOrDefault(path);

    /// <summary>The module of a file that a process has mapped, and whether its places are addresses and not offsets in the file.</summary>
    /// <param name="path">What the kernel calls it.</param>
    /// <param name="buildId">When the record tells it.</param>
    /// <param name="processId">The process.</param>
    /// <param name="jitDump">The file into which the process writes its generated code; null without.</param>
    public (CodeModule Module, bool IsByAddress) OfUser(string path, string? buildId, int processId, string? jitDump)
    {
        // Names that the kernel gives to memory without a file (perf_event_mmap_event in kernel/events/core.c), and .NET's mapping of its code.
        if (path.StartsWith("//anon", StringComparison.Ordinal) || path.StartsWith("/dev/zero", StringComparison.Ordinal)
            || path.StartsWith("/anon_hugepage", StringComparison.Ordinal) || path.StartsWith("/memfd:doublemapper", StringComparison.Ordinal))
        {
            return (Get(jitDump ?? string.Create(CultureInfo.InvariantCulture, $"/tmp/perf-{processId}.map"), CodeModuleKind.Generated, null, processId), true);
        }
        if (path.StartsWith("[vdso", StringComparison.Ordinal))
            return (Get(path, CodeModuleKind.Vdso, buildId ?? BuildIdOf(path), -1), false);
        if (path.StartsWith('[') || path.StartsWith("/SYSV", StringComparison.Ordinal))
            return (Get(path, CodeModuleKind.Unknown, null, -1), true);
        if (path.StartsWith("/memfd:", StringComparison.Ordinal))
            return (Get(path, CodeModuleKind.Generated, null, processId), true);
        return (Get(path, CodeModuleKind.File, buildId ?? BuildIdOf(path), processId), false);
    }

    /// <summary>The kernel or one of its modules: <c>[kernel.kallsyms]</c>, <c>[ext4]</c>.</summary>
    public CodeModule OfKernel(string name, string? buildId, CodeModuleKind kind) => Get(name, kind, buildId ?? BuildIdOf(name), -1);

    private CodeModule Get(string path, CodeModuleKind kind, string? buildId, int processId)
    {
        // A file is the same whoever has it mapped, as far as the path tells; what a process generated is its own.
        (string, string?, int) key = (path, buildId, kind == CodeModuleKind.Generated ? processId : -1);
        if (!_modules.TryGetValue(key, out CodeModule? module))
        {
            _modules.Add(key, module = new CodeModule(symbols, path, kind, buildId, processId)
            {
                Told = _told.GetValueOrDefault(path),
                IsOfOtherKernel = IsOtherKernel && buildId is null && kind is (CodeModuleKind.Kernel or CodeModuleKind.KernelModule),
            });
        }
        return module;
    }
}
