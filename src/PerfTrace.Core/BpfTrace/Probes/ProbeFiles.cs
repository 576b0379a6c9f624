using System.Globalization;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Symbols;

namespace PerfTrace.BpfTrace;

/// <summary>The files that a script means by the program or library of a probe.</summary>
/// <param name="paths">Where procfs is.</param>
/// <param name="directory">What relative paths start from.</param>
/// <param name="processId">Paths are those that this process sees, which may have a root directory of its own; -1: ours.</param>
internal sealed class ProbeFiles(SystemPaths paths, string directory, int processId)
{
    /// <summary>Whether a name may be that of many files, of which some have no such function.</summary>
    public static bool IsPattern(string? target) => AttachPoint.HasWildcard(target);

    /// <summary>The files, each with the name that its probes bear.</summary>
    /// <param name="target">
    /// A path, a library that is looked up as the loader does, or a command as the shell does; a pattern of them (a <c>*</c> does not go over a slash), which programs and libraries alone
    /// are found by.
    /// </param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="CommandException">That of PATH can not be run.</exception>
    public IReadOnlyList<(string Name, string Path)> Find(string target)
    {
        bool isPath = target.Contains('/', StringComparison.Ordinal);
        if (!IsPattern(target) || (isPath && File.Exists(Own(target))))
            return [isPath ? (target, Own(target)) : Same(BinaryPath.Find(target, directory))];
        IEnumerable<string> all = isPath ? Expand(target)
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).SelectMany(folder => Expand($"{folder}/{target}"));
        (string Name, string Path)[] found = [.. all.Distinct().Select(name => (name, Own(name))).Where(static f => IsProgram(f.Item2))];
        return found.Length > 0 ? found : throw new FileNotFoundException($"There is no program or library like '{target}'.", target);
    }

    /// <summary>The files that the process has loaded as code; without one, those of all processes.</summary>
    /// <param name="verbose">Hears of what can not be read.</param>
    /// <exception cref="KernelTargetGoneException">There is no such process.</exception>
    /// <exception cref="KernelAccessException">Its maps may not be read.</exception>
    public IReadOnlyList<(string Name, string Path)> Loaded(Action<string>? verbose)
    {
        if (processId >= 0)
            return [.. ProcessMaps.CodeFilesOf(paths, processId, verbose).Where(IsProgram).Select(Same)];
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (string home in Directory.EnumerateDirectories(paths.Proc))
        {
            if (!int.TryParse(Path.GetFileName(home), NumberStyles.None, CultureInfo.InvariantCulture, out int id))
                continue;
            try
            {
                found.UnionWith(ProcessMaps.CodeFilesOf(paths, id, verbose));
            }
            catch (KernelException e)
            {
                verbose?.Invoke($"What the process {id} has loaded is not known: {e.Message}"); // it has ended, or is another user's
            }
        }
        return [.. found.Where(IsProgram).Order(StringComparer.Ordinal).Select(Same)];
    }

    private static (string Name, string Path) Same(string path) => (path, path);

    private static bool IsProgram(string path)
    {
        try
        {
            using ElfFile file = ElfFile.Open(path);
            return file.Type is ElfFileType.Executable or ElfFileType.Shared;
        }
        catch (Exception e) when (e is ElfException or KernelException)
        {
            return false;
        }
    }

    // What a process with a root of its own names by an absolute path is below that.
    private string Own(string target)
    {
        string? root = processId >= 0 && target.StartsWith('/') ? ProcessMaps.RootOf(paths, processId) : null;
        return root is null || target.StartsWith(root, StringComparison.Ordinal) ? Path.GetFullPath(target, directory) : root + target;
    }

    // As glob(7): hidden files are found by patterns that begin with a dot.
    private IEnumerable<string> Expand(string pattern)
    {
        IEnumerable<string> found = [pattern.StartsWith('/') ? "/" : ""];
        foreach (string part in pattern.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!IsPattern(part))
            {
                found = found.Select(path => path + (path.Length == 0 || path.EndsWith('/') ? part : $"/{part}"));
                continue;
            }
            Func<string, bool> isName = ProbePattern.Of(part);
            found = found.SelectMany(path => NamesIn(Own(path)).Where(name => (name[0] != '.' || part[0] == '.') && isName(name)).Select(name => path.Length == 0 || path.EndsWith('/') ? path + name : $"{path}/{name}"));
        }
        return found;
    }

    private static IEnumerable<string> NamesIn(string folder)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(folder).Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal).ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // as glob(3): what is no folder, or can not be read, has nothing in it
        }
    }
}
