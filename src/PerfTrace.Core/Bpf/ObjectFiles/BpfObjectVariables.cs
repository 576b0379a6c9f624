using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>The global variables of an object file that is open: where libbpf has their first values, and what the type information says of them.</summary>
internal sealed unsafe class BpfObjectVariables
{
    private readonly string _path;
    private readonly Dictionary<string, (BtfVariable Variable, string Section, nint Place)> _all = new(StringComparer.Ordinal);

    public BpfObjectVariables(string path, BtfTypes? types, IReadOnlyDictionary<string, nint> maps)
    {
        _path = path;
        if (types is null)
            return;
        foreach ((_, nint map) in maps.Where(static m => LibBpf.IsMapInternal(m.Value)))
        {
            if (types.TryGet(LibBpf.MapValueType(map)) is not { Kind: BtfKind.DataSection } section)
                continue;
            nuint size;
            byte* start = LibBpf.MapInitialValue(map, &size);
            // What the kernel's configuration tells (.kconfig) is not the user's to set.
            if (start is null || !IsData(section.Name))
                continue;
            foreach (BtfVariable variable in section.Variables)
            {
                if (variable.Offset + variable.Size <= (long)size)
                    _all.TryAdd(variable.Name, (variable, section.Name, (nint)(start + variable.Offset)));
            }
        }
    }

    public IReadOnlyList<BpfObjectVariable> List() => (BpfObjectVariable[])
    [
        .. _all.Select(static v => new BpfObjectVariable(v.Key, v.Value.Section, v.Value.Variable.TypeName, (int)v.Value.Variable.Size,
            BtfValueReader.For(v.Value.Variable.Type).Read(new ReadOnlySpan<byte>((void*)v.Value.Place, (int)v.Value.Variable.Size)))),
    ];

    public bool Contains(string name) => _all.ContainsKey(name);

    public void Set(string name, object? value)
    {
        if (!_all.TryGetValue(name, out (BtfVariable Variable, string Section, nint Place) found))
            throw new BpfObjectNameException(_path, "global variable", name, [.. _all.Keys]);
        BtfValueWriter.For(found.Variable.Type).Write(value, new Span<byte>((void*)found.Place, (int)found.Variable.Size));
    }

    // .rodata, .rodata.str1.1, .data.mine, .bss
    private static bool IsData(string section) => section.StartsWith(".rodata", StringComparison.Ordinal) || section.StartsWith(".data", StringComparison.Ordinal)
        || section.StartsWith(".bss", StringComparison.Ordinal);
}
