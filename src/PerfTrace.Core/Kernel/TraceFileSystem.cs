using PerfTrace.Interop;

namespace PerfTrace.Kernel;

/// <summary>Where tracefs is: found through the mount table, mounted when it is absent and that is permitted.</summary>
public static class TraceFileSystem
{
    /// <summary>The directory that the kernel itself makes for tracefs (since Linux 4.1).</summary>
    public const string ConventionalMountPoint = "/sys/kernel/tracing";

    /// <summary>What is told where lockdown is in the way.</summary>
    internal const string LockdownAdvice = "The kernel is locked down for confidentiality, which forbids tracefs: see kernel_lockdown(7).";

    /// <summary>The mount point, or null when tracefs is mounted nowhere.</summary>
    public static string? Find(SystemPaths paths)
    {
        if (paths.Tracing is { } known)
            return known;
        string? found = null;
        foreach (MountEntry mount in MountEntry.ReadAll(paths))
        {
            // A bind mount of one instance is not the whole of it. The conventional place wins over the automount in debugfs.
            if (mount.Type == "tracefs" && mount.Root == "/" && (found is null || mount.MountPoint == ConventionalMountPoint))
                found = mount.MountPoint;
        }
        return found;
    }

    /// <summary>The mount point; mounts tracefs first when it is absent.</summary>
    /// <param name="paths">Where the virtual file systems are.</param>
    /// <param name="verbose">Hears of a mount that is made.</param>
    /// <exception cref="KernelException">It is absent and can not be mounted, or this user may not enter it; the advice says what to do.</exception>
    public static string Require(SystemPaths paths, Action<string>? verbose = null)
    {
        string mountPoint = Find(paths) ?? Mount(verbose);
        const int X_OK = 1;
        if (NativeMethods.Access(mountPoint, X_OK) != 0)
        {
            throw KernelException.Create(KernelException.LastError, "access", mountPoint,
                $"Run as root; to read, a group's right is enough: mount -o remount,gid=GROUP,mode=750 {mountPoint}");
        }
        // Locked down from its boot on, the kernel makes no file there (tracefs_create_file in fs/tracefs/inode.c).
        string events = Path.Combine(mountPoint, "events");
        if (!Directory.Exists(events) && KernelLockdown.IsConfidential(paths))
            throw KernelException.Create(Errno.EPERM, "open", events, LockdownAdvice);
        return mountPoint;
    }

    private static string Mount(Action<string>? verbose)
    {
        if (!Directory.Exists(ConventionalMountPoint))
        {
            throw KernelException.Create(Errno.ENODEV, "mount", ConventionalMountPoint,
                "This kernel has no tracefs (CONFIG_TRACING), or sysfs is not mounted.");
        }
        if (NativeMethods.Mount("nodev", ConventionalMountPoint, "tracefs", 0, 0) != 0)
        {
            throw KernelException.Create(KernelException.LastError, "mount", ConventionalMountPoint,
                $"tracefs is not mounted and this user may not mount it. As root: mount -t tracefs nodev {ConventionalMountPoint}");
        }
        verbose?.Invoke($"Mounted tracefs at {ConventionalMountPoint}.");
        return ConventionalMountPoint;
    }
}
