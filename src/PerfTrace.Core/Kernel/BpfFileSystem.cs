namespace PerfTrace.Kernel;

/// <summary>Where bpffs, the file system of pins, is mounted.</summary>
internal static class BpfFileSystem
{
    /// <summary>All of its mount points, in the order of the mount table.</summary>
    public static IReadOnlyList<string> MountPoints(SystemPaths paths) =>
        [.. MountEntry.ReadAll(paths).Where(static m => m.Type == "bpf").Select(static m => m.MountPoint).Distinct(StringComparer.Ordinal)];

    /// <summary>The path is one of them.</summary>
    public static bool IsMountPoint(string path, SystemPaths paths) => MountPoints(paths).Contains(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));

    /// <summary>The path is below one of them.</summary>
    public static bool Contains(string path, SystemPaths paths)
    {
        string full = Path.GetFullPath(path);
        return MountPoints(paths).Any(m => full.StartsWith(m.EndsWith('/') ? m : m + "/", StringComparison.Ordinal));
    }
}
