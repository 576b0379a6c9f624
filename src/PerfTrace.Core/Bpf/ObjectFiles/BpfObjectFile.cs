using System.Runtime.InteropServices;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>
/// A BPF object file (<c>.bpf.o</c>) that is open and not yet loaded. libbpf reads it, fits it to this kernel (CO-RE) and loads it; what is set here it takes into account.
/// Not for several threads at once.
/// </summary>
public sealed unsafe class BpfObjectFile : IDisposable
{
    private readonly BpfObjectHandle _handle;
    private readonly Action<BpfLogMessage>? _log;
    private readonly List<BpfLogMessage> _messages;
    private readonly Dictionary<string, nint> _programs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, nint> _maps = new(StringComparer.Ordinal);
    private BpfObjectVariables? _variables;
    private bool _isLoaded;

    private BpfObjectFile(string path, BpfObjectHandle handle, Action<BpfLogMessage>? log, List<BpfLogMessage> messages)
    {
        Path = path;
        _handle = handle;
        _log = log;
        _messages = messages;
        Name = Text(LibBpf.Name(handle));
        for (nint program = LibBpf.NextProgram(handle, 0); program != 0; program = LibBpf.NextProgram(handle, program))
            _programs[Text(LibBpf.ProgramName(program))] = program;
        for (nint map = LibBpf.NextMap(handle, 0); map != 0; map = LibBpf.NextMap(handle, map))
            _maps[Text(LibBpf.MapName(map))] = map;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The object's name: the file's, up to its first dot.</summary>
    public string Name { get; }

    /// <summary>The programs, in the file's order.</summary>
    public IReadOnlyList<BpfObjectProgram> Programs => (BpfObjectProgram[])
    [
        .. _programs.Select(static p => new BpfObjectProgram(p.Key, Text(LibBpf.ProgramSection(p.Value)), (BpfProgramType)LibBpf.ProgramType(p.Value), LibBpf.ProgramAutoload(p.Value))),
    ];

    /// <summary>The maps, in the file's order; those of global variables too.</summary>
    public IReadOnlyList<BpfObjectMap> Maps => (BpfObjectMap[])
    [
        .. _maps.Select(static m => new BpfObjectMap(m.Key, (BpfMapType)LibBpf.MapType(m.Value), (int)LibBpf.MapKeySize(m.Value), (int)LibBpf.MapValueSize(m.Value),
            LibBpf.MapEntries(m.Value), LibBpf.IsMapInternal(m.Value))),
    ];

    /// <summary>The global variables.</summary>
    /// <exception cref="BtfException">The type information of the file is damaged.</exception>
    public IReadOnlyList<BpfObjectVariable> Variables => Globals.List();

    /// <summary>The types of the object; null when the file has none.</summary>
    /// <exception cref="BtfException">They are damaged.</exception>
    public BtfTypes? Types { get; private set; }

    private BpfObjectVariables Globals => _variables ??= new BpfObjectVariables(Path, Types ??= ReadTypes(), _maps);

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="pinDirectory">Where maps that say that they are to be pinned are looked for and pinned; null: <c>/sys/fs/bpf</c>.</param>
    /// <param name="log">Takes libbpf's messages. Warnings come when it is done, and not if they are told of in an exception.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="KernelException">It can not be read.</exception>
    /// <exception cref="BpfObjectException">It is no object file for this machine, or damaged.</exception>
    /// <exception cref="NotSupportedException">libbpf is not installed.</exception>
    public static BpfObjectFile Open(string path, string? pinDirectory = null, Action<BpfLogMessage>? log = null)
    {
        BpfObjectHeader.Check(path);
        return Open(path, log, (out int error) => BpfObjectHandle.Open(path, pinDirectory, out error));
    }

    /// <summary>Opens an object that is in memory.</summary>
    /// <param name="data">The bytes of the file.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="log">Takes libbpf's messages.</param>
    /// <exception cref="BpfObjectException">It is no object file for this machine, or damaged.</exception>
    /// <exception cref="NotSupportedException">libbpf is not installed.</exception>
    internal static BpfObjectFile Open(byte[] data, string name, Action<BpfLogMessage>? log = null) =>
        Open(name, log, (out int error) => BpfObjectHandle.Open(data, name, out error));

    private delegate BpfObjectHandle Opener(out int error);

    private static BpfObjectFile Open(string path, Action<BpfLogMessage>? log, Opener open)
    {
        var messages = new List<BpfLogMessage>();
        try
        {
            using LibBpfLog listening = LibBpfLog.Into(messages);
            BpfObjectHandle handle = open(out int error);
            if (handle.IsInvalid)
                throw BpfObjectErrors.OfOpening(path, error, messages);
            try
            {
                var file = new BpfObjectFile(path, handle, log, messages);
                file.Types = file.ReadTypes();
                return file;
            }
            catch
            {
                handle.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            throw new NotSupportedException($"{path}: BPF object files can not be read: {LibBpf.Advice}.", e);
        }
    }

    /// <summary>What is in the file, as it is set now.</summary>
    /// <exception cref="BtfException">The type information of the file is damaged.</exception>
    public BpfObjectContent Describe() => new(Name, Path, Programs, Maps, Variables);

    /// <summary>Gives a global variable a value, by its type.</summary>
    /// <exception cref="BpfObjectNameException">There is no such variable.</exception>
    /// <exception cref="BtfValueException">The value does not fit its type.</exception>
    public void SetVariable(string name, object? value)
    {
        ThrowIfLoaded();
        Globals.Set(name, value);
    }

    /// <summary>As <see cref="SetVariable"/>; false when there is no such variable.</summary>
    internal bool TrySetVariable(string name, object? value)
    {
        if (!Globals.Contains(name))
            return false;
        SetVariable(name, value);
        return true;
    }

    /// <summary>Sets how many entries a map has room for; of a ring buffer the bytes, which libbpf rounds up to a power of two.</summary>
    /// <exception cref="BpfObjectNameException">There is no such map.</exception>
    /// <exception cref="KernelException">It can have no other.</exception>
    public void SetMapSize(string name, uint entries)
    {
        ThrowIfLoaded();
        int result = LibBpf.SetMapEntries(Find(_maps, "map", name), entries);
        if (result < 0)
            throw KernelException.Create((Errno)(-result), "bpf_map__set_max_entries", name);
    }

    /// <summary>Loads only these programs.</summary>
    /// <exception cref="BpfObjectNameException">There is no such program.</exception>
    public void SelectPrograms(IEnumerable<string> names)
    {
        ThrowIfLoaded();
        HashSet<nint> selected = [.. names.Select(n => Find(_programs, "program", n))];
        foreach (nint program in _programs.Values)
            _ = LibBpf.SetProgramAutoload(program, selected.Contains(program)); // fails for what is loaded alone
    }

    /// <summary>Loads the programs and makes the maps. What is returned owns them, and this object has nothing any more.</summary>
    /// <param name="pinDirectory">A folder in bpffs, which is made, where all programs and maps are pinned; null: they live as long as the result.</param>
    /// <exception cref="BpfVerifierException">The kernel's verifier rejects a program.</exception>
    /// <exception cref="BpfProgramTypeException">This kernel has no programs of a type.</exception>
    /// <exception cref="BpfObjectException">It asks for what is not there.</exception>
    /// <exception cref="KernelException">The kernel refuses.</exception>
    public BpfObject Load(string? pinDirectory = null)
    {
        ThrowIfLoaded();
        _isLoaded = true;
        using (LibBpfLog.Into(_messages))
        {
            int result = LibBpf.Load(_handle);
            if (result < 0)
                throw Told(BpfObjectErrors.OfLoading(Path, -result, _messages, _handle.KernelLog, TypeOf));
        }
        Tell(includeWarnings: true);
        var loaded = new BpfObject(this, _handle, _programs.Where(static p => LibBpf.ProgramAutoload(p.Value)), _maps, _log);
        try
        {
            if (pinDirectory is not null)
                BpfObjectPins.Pin(loaded, pinDirectory, name => LibBpf.MapPinPath(_maps[name]) is not null);
            return loaded;
        }
        catch
        {
            loaded.Dispose();
            throw;
        }
    }

    /// <summary>Tells of libbpf's messages so far.</summary>
    internal void Tell(bool includeWarnings) => BpfObjectErrors.Tell(_messages, _log, includeWarnings);

    public void Dispose()
    {
        // Once loaded, the handle is the loaded object's, or of no use.
        if (!_isLoaded)
            Tell(includeWarnings: true);
        if (!IsTaken)
            _handle.Dispose();
    }

    /// <summary>The loaded object has the handle.</summary>
    internal bool IsTaken { get; set; }

    internal static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";

    private BpfProgramType? TypeOf(string program) => _programs.TryGetValue(program, out nint pointer) ? (BpfProgramType)LibBpf.ProgramType(pointer) : null;

    private Exception Told(Exception error)
    {
        Tell(includeWarnings: false);
        return error;
    }

    private nint Find(Dictionary<string, nint> all, string kind, string name) =>
        all.TryGetValue(name, out nint found) ? found : throw new BpfObjectNameException(Path, kind, name, [.. all.Keys]);

    private BtfTypes? ReadTypes()
    {
        nint btf = LibBpf.Btf(_handle);
        if (btf == 0)
            return null;
        uint size;
        byte* data = LibBpf.BtfData(btf, &size);
        return data is null ? null : BtfTypes.Parse(new ReadOnlySpan<byte>(data, (int)size).ToArray(), Path);
    }

    private void ThrowIfLoaded()
    {
        if (_isLoaded)
            throw new InvalidOperationException($"{Path} is loaded already.");
    }
}
