using System.Globalization;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>Who uses the kernel's BPF objects: processes by their descriptors (/proc/PID/fd and fdinfo, proc_pid_fdinfo(5)), and pins in bpffs.</summary>
internal sealed class BpfUses
{
    private static readonly Dictionary<(BpfObjectKind, uint), List<string>> NoPaths = [];

    private readonly Dictionary<(BpfObjectKind Kind, uint Id), List<BpfHolder>> _holders = [];
    private readonly Lazy<Dictionary<(BpfObjectKind Kind, uint Id), List<string>>> _paths;
    private readonly Lazy<ILookup<uint, uint>> _links;

    private BpfUses(SystemPaths paths)
    {
        foreach (int process in ProcessFacts.All(paths))
            AddProcess(paths, process);
        _paths = new Lazy<Dictionary<(BpfObjectKind Kind, uint Id), List<string>>>(() => ReadPins(paths));
        _links = new Lazy<ILookup<uint, uint>>(static () => BpfLink.ReadProgramIds().ToLookup(static l => l.ProgramId, static l => l.LinkId));
    }

    /// <summary>A snapshot that is taken when it is first asked for.</summary>
    public static Lazy<BpfUses> Later(SystemPaths paths) => new(() => new BpfUses(paths));

    public IReadOnlyList<BpfHolder> HoldersOf(BpfObjectKind kind, uint id) => _holders.TryGetValue((kind, id), out List<BpfHolder>? holders) ? holders : [];

    public IReadOnlyList<string> PathsOf(BpfObjectKind kind, uint id) => _paths.Value.TryGetValue((kind, id), out List<string>? paths) ? paths : [];

    /// <summary>The links that a program is attached by.</summary>
    public IReadOnlyList<uint> LinksOf(uint programId) => _links.Value[programId].Order().ToArray();

    private void AddProcess(SystemPaths paths, int process)
    {
        string folder = Path.Combine(paths.Proc, process.ToString(CultureInfo.InvariantCulture));
        string[] files;
        try
        {
            files = Directory.GetFiles(Path.Combine(folder, "fd"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return; // it has ended, or it is another user's
        }
        string? name = null;
        foreach (string file in files)
        {
            try
            {
                if (KindOf(File.ResolveLinkTarget(file, returnFinalTarget: false)?.FullName) is not { } kind
                    || ReadId(Path.Combine(folder, "fdinfo", Path.GetFileName(file)), kind) is not { } id)
                {
                    continue;
                }
                name ??= ProcessFacts.CommandNameOf(paths, process) ?? "";
                if (!_holders.TryGetValue((kind, id), out List<BpfHolder>? holders))
                    _holders[(kind, id)] = holders = [];
                if (holders.Count == 0 || holders[^1].ProcessId != process)
                    holders.Add(new BpfHolder(process, name));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A descriptor is closed while it is looked at.
            }
        }
    }

    // anon_inode:bpf-map, anon_inode:bpf-prog, anon_inode:bpf_link or [bpf_link], anon_inode:btf or [btf] (kernel/bpf/syscall.c, btf.c).
    private static BpfObjectKind? KindOf(string? target)
    {
        if (target is null)
            return null;
        ReadOnlySpan<char> name = Path.GetFileName(target.AsSpan());
        if (!name.StartsWith("anon_inode:", StringComparison.Ordinal))
            return null;
        return name["anon_inode:".Length..].Trim("[]") switch
        {
            "bpf-map" => BpfObjectKind.Map,
            "bpf-prog" => BpfObjectKind.Program,
            "bpf_link" or "bpf-link" => BpfObjectKind.Link,
            "btf" => BpfObjectKind.Btf,
            _ => null,
        };
    }

    private static uint? ReadId(string path, BpfObjectKind kind)
    {
        string key = kind switch
        {
            BpfObjectKind.Map => "map_id:",
            BpfObjectKind.Program => "prog_id:",
            BpfObjectKind.Link => "link_id:",
            _ => "btf_id:",
        };
        foreach (string line in File.ReadLines(path))
        {
            if (line.StartsWith(key, StringComparison.Ordinal))
                return uint.TryParse(line.AsSpan(key.Length).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out uint id) ? id : null;
        }
        return null;
    }

    private static Dictionary<(BpfObjectKind Kind, uint Id), List<string>> ReadPins(SystemPaths paths)
    {
        Dictionary<(BpfObjectKind, uint), List<string>>? found = null;
        foreach (BpfPin pin in BpfPin.ReadAll(paths))
        {
            found ??= [];
            if (!found.TryGetValue((pin.Kind, pin.Id), out List<string>? list))
                found[(pin.Kind, pin.Id)] = list = [];
            list.Add(pin.Path);
        }
        return found ?? NoPaths;
    }
}
