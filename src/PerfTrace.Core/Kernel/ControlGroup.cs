namespace PerfTrace.Kernel;

/// <summary>Finds a control group's directory by its path, as <c>perf stat --for-each-cgroup</c> and <c>systemd-cgls</c> name it.</summary>
public static class ControlGroup
{
    /// <summary>
    /// The directory to hand to perf_event_open(2) with PERF_FLAG_PID_CGROUP: in the v1 hierarchy of the perf_event controller
    /// when there is one, otherwise in cgroup2, where the controller is always on.
    /// </summary>
    /// <param name="paths">Where the virtual file systems are.</param>
    /// <param name="name">A path under the hierarchy (<c>system.slice/ssh.service</c>, <c>/</c>) or the directory itself.</param>
    /// <returns>The directory; null when there is none of that name.</returns>
    /// <exception cref="ControlGroupException">No hierarchy that perf can use is mounted.</exception>
    public static string? FindDirectory(SystemPaths paths, string name)
    {
        string hierarchy = FindHierarchy(paths)
            ?? throw new ControlGroupException(
                "No cgroup2 file system and no cgroup hierarchy with the perf_event controller is mounted. As root: mount -t cgroup2 none /sys/fs/cgroup");
        if (name.Contains('\0', StringComparison.Ordinal))
            return null; // no path at all
        bool isFull = name.Equals(hierarchy, StringComparison.Ordinal) || name.StartsWith(hierarchy + '/', StringComparison.Ordinal);
        string directory = Path.GetFullPath(isFull ? name : Path.Combine(hierarchy, name.TrimStart('/')));
        bool inside = directory.Equals(hierarchy, StringComparison.Ordinal) || directory.StartsWith(hierarchy + '/', StringComparison.Ordinal);
        return inside && Directory.Exists(directory) ? directory.TrimEnd('/') : null;
    }

    /// <summary>All control groups as paths below the hierarchy, without a leading slash; empty when none is mounted.</summary>
    public static IEnumerable<string> ListNames(SystemPaths paths)
    {
        string? hierarchy = FindHierarchy(paths);
        if (hierarchy is null)
            return [];
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = 0 };
        return Directory.EnumerateDirectories(hierarchy, "*", options).Select(d => Path.GetRelativePath(hierarchy, d)).Order(StringComparer.Ordinal);
    }

    /// <summary>The mount point of the hierarchy that carries the perf_event controller; null when none is mounted.</summary>
    public static string? FindHierarchy(SystemPaths paths)
    {
        string? unified = null;
        foreach (MountEntry mount in MountEntry.ReadAll(paths))
        {
            if (mount.Type == "cgroup" && mount.SuperOptions.Split(',').Contains("perf_event"))
                return mount.MountPoint;
            if (mount.Type == "cgroup2")
                unified ??= mount.MountPoint;
        }
        return unified;
    }
}
