using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Symbols;

namespace PerfTrace.Bpf;

/// <summary>Frames for the call stacks in maps, the innermost first: the kernel's, and those of processes with what they had mapped when they were met.</summary>
internal sealed class BpfStackFrames
{
    // struct bpf_stack_build_id { __s32 status; unsigned char build_id[20]; union { __u64 offset; __u64 ip; }; }
    private const int BuildIdEntry = 32, BuildIdAt = 4, BuildIdSize = 20, PlaceAt = 24, StatusValid = 1, StatusAddress = 2;

    private readonly SymbolStore _symbols;
    private readonly SystemPaths _paths;
    private readonly RecordedModules _modules;
    private readonly RecordedTasks _tasks;
    private readonly RecordedKernel _kernel;
    private readonly HashSet<int> _met = [];
    private readonly Dictionary<string, CodeModule> _byBuildId = new(StringComparer.Ordinal);
    private readonly Dictionary<ulong, StackFrame> _unknown = [];

    public BpfStackFrames(SymbolStore symbols, SystemPaths paths)
    {
        _symbols = symbols;
        _paths = paths;
        _modules = new RecordedModules(symbols);
        _tasks = new RecordedTasks(_modules);
        _kernel = new RecordedKernel(_modules);
    }

    /// <summary>A process has been seen: what it has mapped is noted. One that has ended, or is not ours to look at, keeps its addresses as they are.</summary>
    public void Meet(int processId)
    {
        if (_met.Add(processId))
            Note(processId, AddressSpace.Read(_paths, processId));
    }

    /// <summary>Notes what a process has mapped.</summary>
    /// <exception cref="KernelTargetGoneException">There is no such process.</exception>
    /// <exception cref="KernelAccessException">Its maps may not be read.</exception>
    public void Require(int processId)
    {
        _met.Add(processId);
        Note(processId, AddressSpace.Parse(ProcessMaps.ReadText(_paths, processId).Split('\n')));
    }

    /// <summary>Notes what a process has mapped since; false: it is not there any more, or not ours to look at.</summary>
    public bool TryRefresh(int processId)
    {
        AddressSpace space = AddressSpace.Read(_paths, processId);
        Note(processId, space);
        return space.Mappings.Count > 0;
    }

    /// <summary>Notes what processes that are still there have mapped since.</summary>
    public void Refresh()
    {
        foreach (int processId in _met)
            Note(processId, AddressSpace.Read(_paths, processId));
    }

    /// <summary>The frames of a list of addresses, with zeros behind the last.</summary>
    /// <param name="value">The list.</param>
    /// <param name="processId">Whose addresses those below the kernel's are; null: nothing is known of it.</param>
    public StackFrame[] Read(ReadOnlySpan<byte> value, int? processId)
    {
        var frames = new List<StackFrame>();
        for (; value.Length >= sizeof(ulong) && BitConverter.ToUInt64(value) is var address and not 0; value = value[sizeof(ulong)..])
            frames.Add(Frame(address, processId, isCaller: frames.Count > 0));
        return [.. frames];
    }

    /// <summary>The frames of a list with build ids (BPF_F_STACK_BUILD_ID, Linux 4.17): places in files, or addresses where the kernel found no build id.</summary>
    public StackFrame[] ReadBuildIds(ReadOnlySpan<byte> value, int? processId)
    {
        var frames = new List<StackFrame>();
        for (; value.Length >= BuildIdEntry && BitConverter.ToInt32(value) is var status and (StatusValid or StatusAddress); value = value[BuildIdEntry..])
        {
            ulong place = BitConverter.ToUInt64(value[PlaceAt..]);
            bool isCaller = frames.Count > 0;
            frames.Add(status == StatusAddress ? Frame(place, processId, isCaller)
                : new StackFrame(place, ModuleOf(Convert.ToHexStringLower(value.Slice(BuildIdAt, BuildIdSize)), processId), place, isKernel: false, isCaller));
        }
        return [.. frames];
    }

    private StackFrame Frame(ulong address, int? processId, bool isCaller)
    {
        // The upper half of the address space is the kernel's, on x86-64 as on ARM64.
        bool isKernel = (long)address < 0;
        StackFrame? known = isKernel ? _kernel.Frame(address, isCaller) : processId is { } id ? _tasks.TableOf(id).Frame(address, isKernel: false, isCaller) : null;
        if (known is null && !_unknown.TryGetValue(address, out known))
            _unknown.Add(address, known = new StackFrame(address, _modules.Unknown, address, isKernel, isCaller: false));
        return known;
    }

    // The file of the process that has the build id, else whatever copies there are of it.
    private CodeModule ModuleOf(string buildId, int? processId)
    {
        if (_byBuildId.TryGetValue(buildId, out CodeModule? module))
            return module;
        string? path = processId is { } id
            ? _tasks.TableOf(id).Mappings.Where(static m => m.Module.Kind == CodeModuleKind.File).Select(static m => m.Module.Path).Distinct().FirstOrDefault(p => BuildIdOf(id, p) == buildId)
            : null;
        _byBuildId.Add(buildId, module = new CodeModule(_symbols, path ?? $"[{buildId}]", CodeModuleKind.File, buildId, processId ?? -1));
        return module;
    }

    private string? BuildIdOf(int processId, string path)
    {
        try
        {
            using ElfFile file = ElfFile.Open(ProcessMaps.RootOf(_paths, processId) + path);
            // The kernel fills short ones with zeros.
            return file.BuildId?.PadRight(2 * BuildIdSize, '0');
        }
        catch (Exception e) when (e is ElfException or KernelException or IOException or UnauthorizedAccessException)
        {
            return null; // it was removed, or is none
        }
    }

    // Of a jitdump file only the page that tells of it is mapped.
    private void Note(int processId, AddressSpace space)
    {
        foreach (AddressSpace.Mapping mapping in space.Mappings)
        {
            if (_tasks.TableOf(processId).Find(mapping.Start) is { } known && known.Start == mapping.Start && known.End == mapping.End)
                continue; // nothing new
            _tasks.Map(processId, mapping.Path == AddressSpace.Anonymous ? "//anon" : mapping.Path, mapping.Start, mapping.End - mapping.Start, mapping.Offset, null);
        }
    }
}
