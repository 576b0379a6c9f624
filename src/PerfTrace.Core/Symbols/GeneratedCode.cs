using PerfTrace.Kernel;

namespace PerfTrace.Symbols;

/// <summary>The names of code that a process makes while it runs; places are addresses. The file is looked at again when a place has no name yet.</summary>
internal abstract class GeneratedCode : CodeSymbols
{
    // How often the file is looked at for more, in milliseconds.
    private const long Patience = 100;

    private readonly Lock _guard = new();
    private readonly GeneratedFile _file;
    private FileIdentity? _identity;
    private long _read;
    private long _lookedAt = long.MinValue;

    protected GeneratedCode(GeneratedFile file) => _file = file;

    public override string? Missing => _file.Problem ?? (_file.IsAbsent ? Advice(_file.FilePath) : null);

    /// <summary>How many functions were told of.</summary>
    public int Count
    {
        get
        {
            lock (_guard)
            {
                Refresh();
                return Functions.Count;
            }
        }
    }

    protected abstract GeneratedFunctions Functions { get; }

    /// <summary>What knows names that are not here; null without.</summary>
    protected virtual GeneratedCode? Other => null;

    public static GeneratedCode Open(CodeModule module, SystemPaths paths, CodeFileFinder finder)
    {
        var file = new GeneratedFile(module.Path, module.ProcessId, paths, finder);
        if (!module.Path.EndsWith(".dump", StringComparison.Ordinal))
            return new PerfMapCode(file);
        string name = Path.GetFileNameWithoutExtension(module.Path).Replace("jit-", "perf-", StringComparison.Ordinal) + ".map";
        return new JitDumpCode(file, new PerfMapCode(new GeneratedFile(Path.Combine(Path.GetDirectoryName(module.Path) ?? "", name), module.ProcessId, paths, finder)));
    }

    public override CodeSymbol? Find(ulong place)
    {
        lock (_guard)
        {
            int index = IndexOf(place);
            return index < 0 ? Other?.Find(place) : Functions[index];
        }
    }

    public override IReadOnlyList<CodeLocation> Locate(ulong place)
    {
        lock (_guard)
            return IndexOf(place) is >= 0 and var index ? LocateIn(index, place) : [];
    }

    public sealed override FunctionCode ReadCode(CodeSymbol function)
    {
        lock (_guard)
        {
            int index = IndexOf(function.Start);
            return index >= 0 && Functions[index] == function ? ReadCode(index, function)
                : Other is { } other ? other.ReadCode(function)
                : throw new CodeNotFoundException($"{_file.FilePath} tells of {function.Name} no longer.");
        }
    }

    /// <summary>Takes in what was read; returns how much of it was complete.</summary>
    protected abstract int Parse(byte[] bytes, bool isBegin);

    /// <summary>Forgets all: the file was begun anew.</summary>
    protected virtual void Clear() => Functions.Clear();

    protected abstract string Advice(string path);

    protected virtual IReadOnlyList<CodeLocation> LocateIn(int function, ulong place) => [];

    /// <summary>The bytes of the function of a number.</summary>
    protected abstract FunctionCode ReadCode(int index, CodeSymbol function);

    /// <summary>Reads a part of the file; shorter than it was asked for when the file is no longer what it was.</summary>
    protected byte[] ReadPart(long from, int length) => _file.Read(ref _identity, from, length) ?? [];

    private int IndexOf(ulong place)
    {
        int index = Functions.IndexOf(place);
        return index < 0 && Refresh() ? Functions.IndexOf(place) : index;
    }

    private bool Refresh()
    {
        long now = Environment.TickCount64;
        if (_lookedAt != long.MinValue && now - _lookedAt < Patience)
            return false;
        _lookedAt = now;
        byte[]? bytes = _file.Read(ref _identity, _read);
        if (bytes is null && _read > 0 && !_file.IsAbsent && _file.Problem is null)
        {
            // Another process of the same number, or the same that began again.
            Clear();
            _identity = null;
            _read = 0;
            bytes = _file.Read(ref _identity, 0);
        }
        if (bytes is not { Length: > 0 })
            return false;
        _read += Parse(bytes, _read == 0);
        return true;
    }
}
