namespace PerfTrace.Symbols;

/// <summary>A program, a library, the kernel, one of its modules, or the code that a process made: what addresses get their names from.</summary>
public sealed class CodeModule
{
    private readonly SymbolStore? _store;
    private CodeSymbols? _symbols;

    internal CodeModule(SymbolStore store, string path, CodeModuleKind kind, string? buildId = null, int processId = -1)
        : this(path, kind, buildId, processId) => _store = store;

    /// <summary>A module whose names are told with it.</summary>
    internal CodeModule(string path, CodeModuleKind kind, CodeSymbols symbols)
        : this(path, kind, null, -1) => _symbols = symbols;

    private CodeModule(string path, CodeModuleKind kind, string? buildId, int processId)
    {
        Path = path;
        Kind = kind;
        BuildId = buildId;
        ProcessId = processId;
        Name = path.StartsWith('[') ? path : System.IO.Path.GetFileName(path);
    }

    /// <summary>The file as the process saw it; <c>[kernel.kallsyms]</c>, <c>[ext4]</c>, <c>[vdso]</c>, <c>/tmp/perf-PID.map</c>, <c>[unknown]</c>.</summary>
    public string Path { get; }

    /// <summary>The file's name without its directories.</summary>
    public string Name { get; }

    public CodeModuleKind Kind { get; }

    /// <summary>The build id in hexadecimal digits; null when nothing told it.</summary>
    public string? BuildId { get; internal set; }

    /// <summary>A process that has it mapped, through whose root directory the file is looked for; -1 when that does not matter.</summary>
    internal int ProcessId { get; }

    /// <summary>Where the kernel's <c>_text</c> (or <c>_stext</c>) was when the addresses were recorded; null when that is now.</summary>
    internal ulong? RecordedText { get; set; }

    /// <summary>It is of a kernel that does not run here.</summary>
    internal bool IsOfOtherKernel { get; init; }

    /// <summary>Functions that the recording tells of; null without.</summary>
    internal ToldFunctions? Told { get; init; }

    /// <summary>The names, opened when the first is asked for.</summary>
    internal CodeSymbols Symbols => _symbols ??= _store!.Open(this);

    /// <summary>Lets go of the names: they are opened again when the next is asked for.</summary>
    internal void Forget() => _symbols = null;

    /// <summary>The names with their source lines, from another store when the module's own is closed: objects outlive the command that read them.</summary>
    internal CodeSymbols SymbolsFrom(SymbolStore other) => _store is { IsDisposed: true } ? other.Open(this) : Symbols;

    public override string ToString() => Name;
}
