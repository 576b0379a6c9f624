using System.Globalization;
using PerfTrace.Interop;

namespace PerfTrace.Kernel;

/// <summary>What a process has mapped (proc_pid_maps(5)).</summary>
internal static class ProcessMaps
{
    private const string Deleted = " (deleted)";

    /// <summary>The files that are mapped as code, each once, as paths that this process can open also where the other has a root of its own.</summary>
    /// <exception cref="KernelTargetGoneException">There is no such process.</exception>
    /// <exception cref="KernelAccessException">Its maps may not be read.</exception>
    public static IReadOnlyList<string> CodeFilesOf(SystemPaths paths, int processId, Action<string>? verbose = null)
    {
        string text = ReadText(paths, processId);
        // Containers: their paths are of their own mount namespace.
        string root = RootOf(paths, processId) ?? "";
        var files = new List<string>();
        foreach (string line in text.Split('\n'))
        {
            // 7f0c4000-7f0c6000 r-xp 00001000 fe:00 1234        /usr/lib/libc.so.6
            int path = line.IndexOf('/', StringComparison.Ordinal);
            string[] fields = line.Split(' ', 3);
            if (path < 0 || fields.Length < 3 || fields[1].Length < 4 || fields[1][2] != 'x')
                continue;
            string name = line[path..];
            if (name.EndsWith(Deleted, StringComparison.Ordinal))
            {
                if (!name.StartsWith("/memfd:", StringComparison.Ordinal))
                    verbose?.Invoke($"The process {processId} runs code of a file that was removed: {name[..^Deleted.Length]}.");
                continue;
            }
            name = root + Unescape(name);
            if (!files.Contains(name))
                files.Add(name);
        }
        return files;
    }

    /// <summary>The lines of its maps.</summary>
    /// <exception cref="KernelTargetGoneException">There is no such process.</exception>
    /// <exception cref="KernelAccessException">Its maps may not be read.</exception>
    public static string ReadText(SystemPaths paths, int processId)
    {
        string home = HomeOf(paths, processId);
        try
        {
            return KernelFile.ReadText(Path.Combine(home, "maps"));
        }
        catch (KernelException e) when (e.Errno is Errno.ENOENT or Errno.ESRCH)
        {
            throw KernelException.Create(Errno.ESRCH, "open", Path.Combine(home, "maps"), $"There is no process {processId}, or it has ended.");
        }
        catch (KernelAccessException e)
        {
            throw KernelException.Create(e.Errno, "open", Path.Combine(home, "maps"), "The maps of another user's process are for root and CAP_SYS_PTRACE.");
        }
    }

    /// <summary>The root directory of a process that has one of its own, as a path of ours; null when it is ours or nothing is known.</summary>
    public static string? RootOf(SystemPaths paths, int processId) => HomeOf(paths, processId) is var home && HasOwnRoot(paths, home) ? Path.Combine(home, "root") : null;

    private static string HomeOf(SystemPaths paths, int processId) => Path.Combine(paths.Proc, processId.ToString(CultureInfo.InvariantCulture));

    // Only line breaks are escaped (mangle_path with "\n" in show_map_vma).
    private static string Unescape(string path) => path.Replace("\\012", "\n", StringComparison.Ordinal);

    /// <summary>A process has a root directory or mount namespace of its own; paths of it are looked up below its <c>root</c>.</summary>
    private static bool HasOwnRoot(SystemPaths paths, string home)
    {
        const string Namespace = "ns/mnt";
        return Target(Path.Combine(home, Namespace)) != Target(Path.Combine(paths.Proc, "self", Namespace)) || Target(Path.Combine(home, "root")) is not ("/" or null);

        static string? Target(string link)
        {
            try
            {
                return new FileInfo(link).LinkTarget;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }
}
