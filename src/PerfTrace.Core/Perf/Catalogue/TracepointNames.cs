using System.Globalization;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Perf;

/// <summary>The tracepoints of tracefs by name, and their ids. Names are read anew after a while: probes come and go.</summary>
internal sealed class TracepointNames(SystemPaths paths)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private string[]? _names;
    private long _readAt;

    private readonly AsyncLocal<Action<string>?> _verbose = new();

    /// <summary>
    /// Called with a message when a kernel operation (a mount) is made. The names are shared by all runspaces, the listener is not:
    /// a cmdlet may be written to from its own thread alone.
    /// </summary>
    public Action<string>? Verbose
    {
        get => _verbose.Value;
        set => _verbose.Value = value;
    }

    /// <summary>All tracepoints as <c>system:name</c>, sorted.</summary>
    /// <exception cref="KernelException">tracefs is not there or not permitted.</exception>
    public IReadOnlyList<string> All()
    {
        lock (_lock)
        {
            if (_names is null || Environment.TickCount64 - _readAt > Freshness.TotalMilliseconds)
            {
                _names = Read(TraceFileSystem.Require(paths, Verbose), paths);
                _readAt = Environment.TickCount64;
            }
            return _names;
        }
    }

    /// <summary>The tracepoints that match; wildcards in either part. Case matters only where names differ in nothing else.</summary>
    public IReadOnlyList<string> Find(string system, string name)
    {
        string asked = $"{system}:{name}";
        if (NamePattern.HasWildcard(system) || NamePattern.HasWildcard(name))
            return [.. All().Where(full => NamePattern.IsMatch(asked, full))];
        if (File.Exists(IdPath(system, name)))
            return [asked];
        try
        {
            return [.. All().Where(full => full.Equals(asked, StringComparison.OrdinalIgnoreCase))];
        }
        catch (KernelException)
        {
            return []; // who may not list them has to know their names
        }
    }

    /// <summary>The id of a tracepoint, for attr.config.</summary>
    /// <exception cref="KernelException">It is gone, or not permitted.</exception>
    public ulong IdOf(string fullName)
    {
        int colon = fullName.IndexOf(':');
        string path = IdPath(fullName[..colon], fullName[(colon + 1)..]);
        Span<byte> text = stackalloc byte[32];
        using FileDescriptor fd = FileDescriptor.Open(path);
        int length = fd.Read(text);
        return ulong.Parse(System.Text.Encoding.ASCII.GetString(text[..length]).TrimEnd(), CultureInfo.InvariantCulture);
    }

    private string IdPath(string system, string name)
    {
        string root = TraceFileSystem.Require(paths, Verbose);
        // Names come from users: they must stay names and never walk the file system.
        return system.Contains('/') || name.Contains('/') || system is "." or ".." || name is "." or ".."
            ? Path.Combine(root, "events", "\u0001")
            : Path.Combine(root, "events", system, name, "id");
    }

    private static string[] Read(string root, SystemPaths paths)
    {
        var names = new List<string>(4096);
        string list = Path.Combine(root, "available_events");
        try
        {
            names.AddRange(File.ReadLines(list));
        }
        catch (FileNotFoundException)
        {
            throw KernelException.Create(Errno.ENOENT, "open", list, "This is no tracefs, or its kernel was built without CONFIG_EVENT_TRACING.");
        }
        catch (UnauthorizedAccessException)
        {
            if (KernelLockdown.IsConfidential(paths))
                throw KernelException.Create(Errno.EPERM, "open", list, TraceFileSystem.LockdownAdvice);
            throw KernelException.Create(Errno.EACCES, "open", list,
                $"Run as root; to read, a group's right is enough: mount -o remount,gid=GROUP,mode=750 {root}");
        }
        // ftrace's own entries are no ordinary events, but those with an id can be counted.
        string ftrace = Path.Combine(root, "events/ftrace");
        if (Directory.Exists(ftrace))
        {
            foreach (string directory in Directory.EnumerateDirectories(ftrace))
            {
                if (File.Exists(Path.Combine(directory, "id")))
                    names.Add("ftrace:" + Path.GetFileName(directory));
            }
        }
        string[] sorted = [.. names.Distinct(StringComparer.Ordinal)];
        Array.Sort(sorted, StringComparer.Ordinal);
        return sorted;
    }
}
