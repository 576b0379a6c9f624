using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>A name in bpffs that keeps a program, map or link alive.</summary>
/// <param name="Path">The path.</param>
/// <param name="Kind">What is pinned.</param>
/// <param name="Id">Its id.</param>
public sealed record BpfPin(string Path, BpfObjectKind Kind, uint Id)
{
    /// <summary>Every pin in every bpffs of the mount table, by path; folders that this user may not enter are passed over.</summary>
    public static IEnumerable<BpfPin> ReadAll(SystemPaths paths) => BpfFileSystem.MountPoints(paths).SelectMany(Below);

    /// <summary>What is pinned at a path; null when nothing is (any more), or when it is of a kind without an id.</summary>
    /// <exception cref="KernelException">The path is not in bpffs; EACCES.</exception>
    public static BpfPin? Read(string path)
    {
        using FileDescriptor descriptor = BpfCalls.GetPinned(path);
        return Of(path, descriptor);
    }

    private static BpfPin? Of(string path, FileDescriptor descriptor) =>
        BpfDescriptorInfo.Read(descriptor) is { } info && info.Identity() is { } identity ? new BpfPin(path, identity.Kind, identity.Id) : null;

    private static IEnumerable<BpfPin> Below(string directory)
    {
        string[] entries;
        try
        {
            entries = Directory.GetFileSystemEntries(directory);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or DirectoryNotFoundException)
        {
            yield break;
        }
        Array.Sort(entries, StringComparer.Ordinal);
        foreach (string entry in entries)
        {
            if (new DirectoryInfo(entry) is { Exists: true } folder)
            {
                if (folder.LinkTarget is null)
                {
                    foreach (BpfPin pin in Below(entry))
                        yield return pin;
                }
                continue;
            }
            if (TryRead(entry) is { } found)
                yield return found;
        }
    }

    private static BpfPin? TryRead(string path)
    {
        try
        {
            return Read(path);
        }
        catch (KernelException)
        {
            return null; // removed meanwhile, another user's, or an iterator's file (maps.debug), which is no object
        }
    }
}
