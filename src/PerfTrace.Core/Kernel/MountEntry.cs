using System.Text;

namespace PerfTrace.Kernel;

/// <summary>A line of /proc/self/mountinfo (proc_pid_mountinfo(5)).</summary>
/// <param name="Root">The directory of the file system that is seen at the mount point.</param>
/// <param name="MountPoint">Where it is mounted.</param>
/// <param name="Type">The file system's type: <c>tracefs</c>, <c>cgroup2</c>, …</param>
/// <param name="SuperOptions">Options of the super block, cgroup v1 controllers among them.</param>
public sealed record MountEntry(string Root, string MountPoint, string Type, string SuperOptions)
{
    /// <summary>All mounts of this process's mount namespace, in mount order.</summary>
    public static IReadOnlyList<MountEntry> ReadAll(SystemPaths paths)
    {
        var entries = new List<MountEntry>();
        foreach (string line in File.ReadLines(Path.Combine(paths.Proc, "self/mountinfo")))
        {
            if (Parse(line) is { } entry)
                entries.Add(entry);
        }
        return entries;
    }

    /// <summary>Parses one line; null when it is not one.</summary>
    public static MountEntry? Parse(string line)
    {
        // 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
        // The optional fields before the lone hyphen vary in number.
        string[] fields = line.Split(' ');
        int separator = Array.IndexOf(fields, "-", Math.Min(6, fields.Length));
        return separator < 6 || fields.Length < separator + 4
            ? null
            : new MountEntry(Unescape(fields[3]), Unescape(fields[4]), fields[separator + 1], fields[separator + 3]);
    }

    // Space, tab, newline and backslash are written as \040, \011, \012 and \134.
    private static string Unescape(string text)
    {
        if (!text.Contains('\\'))
            return text;
        var result = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length
                && text.AsSpan(i + 1, 3).IndexOfAnyExceptInRange('0', '7') < 0)
            {
                result.Append((char)(((text[i + 1] - '0') << 6) | ((text[i + 2] - '0') << 3) | (text[i + 3] - '0')));
                i += 3;
            }
            else
            {
                result.Append(text[i]);
            }
        }
        return result.ToString();
    }
}
