using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>A name in bpffs that keeps a program, map or link alive.</summary>
/// <param name="Path">The path.</param>
/// <param name="Kind">What is pinned.</param>
/// <param name="Id">Its id.</param>
/// <param name="Type">Its type in the kernel's words (<c>percpu_hash</c>); empty for type information.</param>
/// <param name="Name">Its name, or what a link is attached to.</param>
public sealed record BpfPin(string Path, BpfObjectKind Kind, uint Id, string Type, string Name)
{
    private const string RootAlone = "Run as root: bpffs is open to root alone unless it was mounted otherwise (mode=, uid= and gid= of mount).";

    /// <summary>Takes the name away.</summary>
    /// <exception cref="KernelException">ENOENT; EACCES; it is not in bpffs, where nothing else is removed.</exception>
    public static void Remove(string path)
    {
        if (!BpfFileSystem.Contains(path, SystemPaths.Default))
            throw KernelException.Create(Errno.EACCES, "unlink", path, "It is not in the BPF file system, mostly /sys/fs/bpf: nothing is removed elsewhere.");
        if (NativeMethods.Unlink(path) != 0)
        {
            Errno errno = KernelException.LastError;
            if (errno == Errno.ENOENT)
                throw new BpfPinNotFoundException("unlink", path);
            throw KernelException.Create(errno, "unlink", path, errno switch
            {
                Errno.EISDIR => "It is a folder: name the pins in it.",
                Errno.EACCES or Errno.EPERM => RootAlone,
                _ => null,
            });
        }
    }

    /// <summary>Every pin in every bpffs of the mount table, by path; folders that this user may not enter are passed over.</summary>
    public static IEnumerable<BpfPin> ReadAll(SystemPaths paths) => BpfFileSystem.MountPoints(paths).SelectMany(Below);

    /// <summary>The pins in every bpffs of the mount table whose path matches.</summary>
    /// <exception cref="KernelException">EACCES: this user may not enter a bpffs.</exception>
    public static IEnumerable<BpfPin> Find(Predicate<string> isMatch, SystemPaths paths) =>
        BpfFileSystem.MountPoints(paths).SelectMany(BelowReadable).Where(p => isMatch(p.Path));

    /// <summary>Every pin below a folder of bpffs, by path.</summary>
    /// <exception cref="KernelException">The folder is not in bpffs, or this user may not enter it.</exception>
    public static IEnumerable<BpfPin> ReadBelow(string folder, SystemPaths paths) =>
        BpfFileSystem.IsMountPoint(folder, paths) || BpfFileSystem.Contains(folder, paths) ? BelowReadable(folder)
            : throw KernelException.Create(Errno.EACCES, "open", folder, "It is not in the BPF file system, mostly /sys/fs/bpf: pins are nowhere else.");

    /// <summary>Gives an object a name in bpffs, which keeps it alive beyond this process.</summary>
    /// <param name="descriptor">The object.</param>
    /// <param name="path">A path in bpffs; missing folders are made.</param>
    /// <exception cref="KernelException">There is something already, or the path is not in bpffs.</exception>
    internal static void Create(FileDescriptor descriptor, string path)
    {
        if (System.IO.Path.GetDirectoryName(path) is { Length: > 0 } folder && BpfFileSystem.Contains(path, SystemPaths.Default))
            Directory.CreateDirectory(folder);
        BpfCalls.Pin(descriptor, path);
    }

    /// <summary>What is pinned at a path; null when nothing is (any more), or when it is of a kind without an id.</summary>
    /// <exception cref="KernelException">The path is not in bpffs; EACCES.</exception>
    public static BpfPin? Read(string path)
    {
        using FileDescriptor descriptor = BpfCalls.GetPinned(path);
        return Of(path, descriptor);
    }

    public override string ToString() => Path;

    private static BpfPin? Of(string path, FileDescriptor descriptor)
    {
        if (BpfDescriptorInfo.Read(descriptor)?.Identity() is not { } identity)
            return null;
        (string type, string name) = identity.Kind switch
        {
            BpfObjectKind.Program when BpfProgram.Of(descriptor) is var program => (BpfNames.Of(program.Type), program.Name),
            BpfObjectKind.Map when BpfMap.Of(descriptor) is var map => (BpfNames.Of(map.Type), map.Name),
            BpfObjectKind.Link when BpfLink.Of(descriptor) is var link => (BpfNames.Of(link.Type), link.Target),
            _ => ("", ""),
        };
        return new BpfPin(path, identity.Kind, identity.Id, type, name);
    }

    // What was asked for by name must be open; folders within it may be others'.
    private static IEnumerable<BpfPin> BelowReadable(string directory)
    {
        try
        {
            Directory.GetFileSystemEntries(directory);
        }
        catch (UnauthorizedAccessException)
        {
            throw KernelException.Create(Errno.EACCES, "open", directory, RootAlone);
        }
        return Below(directory);
    }

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
