using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Symbols;

/// <summary>Finds the file of a module, also in a container's root directory or among copies, and the files that its symbols were moved to.</summary>
internal sealed class CodeFileFinder(SystemPaths paths, SymbolOptions options)
{
    public BuildIdCaches Caches { get; } = new(options);

    /// <summary>Opens the file of a module; null with the reason when it is not there or is another than was recorded.</summary>
    public ElfFile? Open(CodeModule module, out string? reason)
    {
        reason = null;
        foreach (string path in PathsOf(module))
        {
            if (TryOpen(path, module.BuildId, ref reason) is { } file)
                return file;
        }
        if (module.BuildId is { } buildId)
        {
            string? ignored = null;
            foreach (string path in Caches.CodeOf(buildId))
            {
                if (TryOpen(path, buildId, ref ignored) is { } file)
                    return file;
            }
        }
        reason ??= $"The file {module.Path} is not there: it was removed, or is of another machine or container.";
        return null;
    }

    /// <summary>Opens the debug file of a program or library; null when there is none.</summary>
    public ElfFile? OpenDebugFile(ElfFile file, int processId)
    {
        if (RootOf(processId) is { } root && SeparateDebugFile.Open(file, root + options.DebugDirectory) is { } inContainer)
            return inContainer;
        if (SeparateDebugFile.Open(file, options.DebugDirectory) is { } installed)
            return installed;
        string? ignored = null;
        if (file.BuildId is { } buildId)
        {
            foreach (string path in Caches.DebugFilesOf(buildId))
            {
                if (TryOpen(path, buildId, ref ignored) is { } kept)
                    return kept;
            }
        }
        return null;
    }

    /// <summary>The root directory of a process that has one of its own, as a path of ours; null when it is ours or nothing is known.</summary>
    public string? RootOf(int processId) => processId < 0 ? null : ProcessMaps.RootOf(paths, processId);

    // Where the process saw it comes first: the same path may be another file here.
    private IEnumerable<string> PathsOf(CodeModule module)
    {
        if (!module.Path.StartsWith('/'))
            yield break;
        if (RootOf(module.ProcessId) is { } root)
            yield return root + module.Path;
        yield return module.Path;
    }

    private static ElfFile? TryOpen(string path, string? buildId, ref string? reason)
    {
        ElfFile? file = null;
        try
        {
            file = ElfFile.Open(path);
            // Without a build id of its own it can not be the one that has one.
            if (buildId is null || (file.BuildId is { } own && IsSame(own, buildId)))
                return file;
            reason = $"The file {path} is another than the one that was recorded: its build id is {file.BuildId ?? "none"}, not {buildId}.";
        }
        catch (KernelException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR)
        {
            // The next may be there.
        }
        catch (Exception e) when (e is ElfException or KernelException or IOException or UnauthorizedAccessException)
        {
            reason = $"The file {path} can not be read: {e.Message}";
        }
        file?.Dispose();
        return null;
    }

    // The kernel and perf pad short build ids with zeros to 20 bytes.
    private static bool IsSame(string own, string recorded) =>
        own == recorded || (recorded.Length > own.Length && recorded.StartsWith(own, StringComparison.Ordinal) && recorded.AsSpan(own.Length).IndexOfAnyExcept('0') < 0);
}
