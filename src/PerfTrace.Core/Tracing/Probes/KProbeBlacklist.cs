using PerfTrace.Kernel;

namespace PerfTrace.Tracing;

/// <summary>The functions that the kernel allows no probe in (debugfs, kprobes/blacklist): those that a probe itself needs.</summary>
internal static class KProbeBlacklist
{
    /// <summary>The function is listed. False also where the list can not be read; it only explains an error.</summary>
    public static bool Contains(SystemPaths paths, string function)
    {
        foreach (MountEntry mount in MountEntry.ReadAll(paths))
        {
            string path = Path.Combine(mount.MountPoint, "kprobes/blacklist");
            if (mount.Type != "debugfs" || !File.Exists(path))
                continue;
            try
            {
                // 0xffffffff81e01030-0xffffffff81e01050	asm_exc_divide_error
                return File.ReadLines(path).Any(line => line.EndsWith(function, StringComparison.Ordinal) && line[..^function.Length].EndsWith('\t'));
            }
            catch (UnauthorizedAccessException)
            {
                return false;
            }
        }
        return false;
    }
}
