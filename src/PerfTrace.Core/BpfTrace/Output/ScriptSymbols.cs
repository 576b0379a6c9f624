using System.Globalization;
using System.IO.Enumeration;
using PerfTrace.Bpf;
using PerfTrace.Events;
using PerfTrace.Events.Printing;
using PerfTrace.Kernel;
using PerfTrace.Symbols;

namespace PerfTrace.BpfTrace;

/// <summary>Names of the system that runs. Safe for several threads.</summary>
internal sealed class ScriptSymbols : IScriptSymbols
{
    // A process that loads a library has its new functions named soon after, and is not looked at for each address without a name.
    private static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(1);

    private readonly SystemPaths _paths;
    private readonly BpfStackFrames _frames;
    private readonly Lock _guard = new();
    private readonly Dictionary<int, long> _looked = [];
    private readonly Dictionary<(ulong Id, string Root), string> _groups = [];
    private readonly Lazy<Dictionary<ulong, string>> _users;
    private readonly Lazy<IReadOnlyList<(ulong, string)>> _flags;

    public ScriptSymbols(SymbolStore symbols, SystemPaths paths)
    {
        _paths = paths;
        _frames = new BpfStackFrames(symbols, paths);
        _users = new Lazy<Dictionary<ulong, string>>(ReadUsers);
        _flags = new Lazy<IReadOnlyList<(ulong, string)>>(ReadFlags);
    }

    /// <summary>As the format of the kernel's own event for allocations tells them; empty where tracefs can not be read.</summary>
    public IReadOnlyList<(ulong Bits, string Name)> AllocationFlags => _flags.Value;

    public StackFrame[] Frames(ReadOnlySpan<byte> value, bool hasBuildIds, int? processId)
    {
        lock (_guard)
        {
            if (processId is { } id)
                _frames.Meet(id);
            StackFrame[] frames = Read(value, hasBuildIds, processId);
            if (processId is { } process && Array.Exists(frames, static f => f is { IsKernel: false, Code.Kind: CodeModuleKind.Unknown }) && LookAgain(process))
                frames = Read(value, hasBuildIds, processId);
            // The kernel's names are let go of at the script's end, before what it gave.
            foreach (StackFrame frame in frames.Where(static f => f.IsKernel))
                _ = frame.Symbol;
            return frames;
        }
    }

    public string? UserName(ulong id) => _users.Value.GetValueOrDefault(id);

    public string? ProcessName(int id)
    {
        try
        {
            return KernelFile.ReadText(Path.Combine(_paths.Proc, id.ToString(CultureInfo.InvariantCulture), "comm")).TrimEnd('\n');
        }
        catch (Interop.KernelException)
        {
            return null; // it has ended
        }
    }

    public IEnumerable<(string Hierarchy, string Path)> ControlGroupPaths(ulong id, string pattern)
    {
        var roots = MountEntry.ReadAll(_paths).Where(static m => m.Type is "cgroup" or "cgroup2")
            .Select(static m => (IsUnified: m.Type == "cgroup2", Name: m.Type == "cgroup2" ? "unified" : Path.GetFileName(m.MountPoint), m.MountPoint))
            .Where(m => FileSystemName.MatchesSimpleExpression(pattern, m.Name, ignoreCase: false))
            .OrderByDescending(static m => m.IsUnified).ThenBy(static m => m.Name, StringComparer.Ordinal).ToArray();
        foreach ((_, string name, string mountPoint) in roots)
            yield return (name, GroupPath(id, mountPoint));
    }

    private StackFrame[] Read(ReadOnlySpan<byte> value, bool hasBuildIds, int? processId) => hasBuildIds ? _frames.ReadBuildIds(value, processId) : _frames.Read(value, processId);

    private bool LookAgain(int processId)
    {
        long now = Environment.TickCount64;
        if (_looked.TryGetValue(processId, out long last) && now - last < LookPeriod.TotalMilliseconds)
            return false;
        _looked[processId] = now;
        return _frames.TryRefresh(processId);
    }

    // A control group's number is that of its directory.
    private string GroupPath(ulong id, string root)
    {
        lock (_guard)
        {
            if (_groups.TryGetValue((id, root), out string? known) && FileIdentity.Of(root + known)?.Inode == id)
                return known;
            if (FileIdentity.Of(root)?.Inode == id)
                return _groups[(id, root)] = "/";
            var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
            try
            {
                foreach (string directory in Directory.EnumerateDirectories(root, "*", options))
                {
                    if (FileIdentity.Of(directory)?.Inode == id)
                        return _groups[(id, root)] = directory[root.Length..];
                }
            }
            catch (IOException)
            {
                // A group went while its directory was read: this one is asked for again with the next value.
            }
            return "";
        }
    }

    // name:password:UID:GID:… (passwd(5))
    private static Dictionary<ulong, string> ReadUsers()
    {
        var users = new Dictionary<ulong, string>();
        try
        {
            foreach (string line in File.ReadLines("/etc/passwd"))
            {
                string[] parts = line.Split(':', 4);
                if (parts.Length > 3 && ulong.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out ulong id))
                    users.TryAdd(id, parts[0]);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Users have no names here.
        }
        return users;
    }

    private IReadOnlyList<(ulong, string)> ReadFlags()
    {
        const string system = "kmem", name = "kmalloc", field = "gfp_flags";
        try
        {
            if (TraceFileSystem.Find(_paths) is not { } tracing)
                return [];
            EventFormat format = EventFormatParser.Parse(system, KernelFile.ReadText(Path.Combine(tracing, "events", system, name, "format")));
            return PrintFormat.Compile(format).SymbolicFields.FirstOrDefault(static f => f.Name == field)?.Names ?? [];
        }
        catch (Exception e) when (e is Interop.KernelException or EventFormatException)
        {
            return []; // flags are shown as a number
        }
    }
}
