using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Tracing;

/// <summary>What sessions have pinned in bpffs: files and directories whose names say whose they are.</summary>
internal static class BpfPins
{
    /// <summary>The outermost of them in every bpffs of the mount table.</summary>
    public static IEnumerable<(string Path, TraceOwner Owner)> List(SystemPaths paths)
    {
        foreach (string mountPoint in BpfFileSystem.MountPoints(paths))
        {
            foreach ((string, TraceOwner) pin in Below(mountPoint))
                yield return pin;
        }
    }

    /// <summary>unlink(2) takes a pin off; a program or map that nothing else holds then ends.</summary>
    /// <exception cref="KernelException">It is not permitted.</exception>
    public static void Remove(string path)
    {
        if (Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null)
        {
            foreach (string entry in Directory.GetFileSystemEntries(path))
                Remove(entry);
            Check(NativeMethods.RemoveDirectory(path), "rmdir", path);
        }
        else
        {
            Check(NativeMethods.Unlink(path), "unlink", path);
        }
    }

    private static IEnumerable<(string Path, TraceOwner Owner)> Below(string directory)
    {
        string[] entries;
        try
        {
            entries = Directory.GetFileSystemEntries(directory);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or DirectoryNotFoundException)
        {
            // A bpffs that this user may not enter has nothing of this user's; a directory may go while it is looked at.
            yield break;
        }
        Array.Sort(entries, StringComparer.Ordinal);
        foreach (string entry in entries)
        {
            if (TraceOwner.TryParse(Path.GetFileName(entry), out TraceOwner? owner, out _))
            {
                yield return (entry, owner);
                continue;
            }
            if (Directory.Exists(entry) && new DirectoryInfo(entry).LinkTarget is null)
            {
                foreach ((string, TraceOwner) pin in Below(entry))
                    yield return pin;
            }
        }
    }

    private static void Check(int result, string call, string path)
    {
        if (result != 0 && KernelException.LastError is var errno and not Errno.ENOENT)
            throw KernelException.Create(errno, call, path);
    }
}
