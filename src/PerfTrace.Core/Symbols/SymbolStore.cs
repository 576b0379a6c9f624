using PerfTrace.Kernel;

namespace PerfTrace.Symbols;

/// <summary>Opens the names of modules and keeps them: a table is read once for each build id. Safe for several threads.</summary>
public sealed class SymbolStore : IDisposable
{
    // Tables that are no longer kept here live as long as the modules that use them.
    private const int MostTables = 256;
    private const string KernelKey = "kernel";

    private readonly SystemPaths _paths;
    private readonly CodeFileFinder _finder;
    private readonly KernelFiles _kernels;
    private readonly Demangler _demangler;
    private readonly DwarfFiles _dwarf;
    private readonly Lock _guard = new();
    private readonly Dictionary<string, Lazy<CodeSymbols>> _tables = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();
    private readonly List<CodeModule> _ofKernel = [];

    /// <param name="paths">Where procfs and sysfs are.</param>
    /// <param name="stop">Names are not wanted any more: reading those of the kernel, which takes a while, ends early.</param>
    public SymbolStore(SystemPaths paths, CancellationToken stop = default)
        : this(paths, new SymbolOptions(), stop)
    {
    }

    internal SymbolStore(SystemPaths paths, SymbolOptions options, CancellationToken stop = default)
    {
        _paths = paths;
        _finder = new CodeFileFinder(paths, options);
        _kernels = new KernelFiles(paths, options, stop);
        _demangler = new Demangler(options.Names);
        _dwarf = new DwarfFiles(_demangler);
    }

    /// <summary>Nothing more is read of debug information.</summary>
    internal bool IsDisposed { get; private set; }

    /// <summary>Libraries that names or source lines that were asked for are in want of, each as a sentence with its package; empty when none is.</summary>
    public IReadOnlyList<string> Missing
    {
        get
        {
            var missing = new List<string>();
            if (_demangler.IsLibraryMissing)
                missing.Add($"C++ names are shown as the compiler wrote them: {CppName.Advice}.");
            if (_dwarf.IsLibraryMissing)
                missing.Add($"Source lines and inlined functions are not known: {LibDw.Advice}.");
            lock (_guard)
            {
                if (_tables.Values.Any(static t => t is { IsValueCreated: true, Value: FileCode { IsXzMissing: true } }))
                    missing.Add($"Symbols that stripped programs have compressed are not read: {XzStream.Advice}.");
            }
            return missing;
        }
    }

    internal CodeSymbols Open(CodeModule module) => module.Told is { } told ? told.Behind(OpenOwn(module), _demangler) : OpenOwn(module);

    /// <summary>
    /// Lets go of the names of the kernel, which are some 11 MB, where objects live on that have theirs already. Who asks for others later has them read again.
    /// </summary>
    internal void ForgetKernel()
    {
        lock (_guard)
        {
            foreach (string key in _tables.Keys.Where(static k => k.StartsWith(KernelKey, StringComparison.Ordinal)).ToArray())
                _tables.Remove(key);
            _ofKernel.ForEach(static m => m.Forget());
            _ofKernel.Clear();
        }
    }

    public void Dispose()
    {
        IsDisposed = true;
        _dwarf.Dispose();
    }

    private CodeSymbols OpenOwn(CodeModule module) => module.Kind switch
    {
        CodeModuleKind.File => Keep($"file {module.BuildId ?? IdentityOf(module)}", () => FileCode.Open(module, _finder, _demangler, _dwarf)),
        CodeModuleKind.Kernel or CodeModuleKind.KernelModule => OpenKernel(module),
        CodeModuleKind.Vdso => Keep($"vdso {module.BuildId}", () => VdsoCode.Open(module, _paths, _finder, _demangler)),
        CodeModuleKind.Generated => Keep($"generated {module.ProcessId} {module.Path}", () => GeneratedCode.Open(module, _paths, _finder)),
        _ => new NoCode(),
    };

    // One table has the functions of the kernel and of its modules.
    private CodeSymbols OpenKernel(CodeModule module)
    {
        lock (_guard)
            _ofKernel.Add(module);
        return OpenKernelTable(module);
    }

    private CodeSymbols OpenKernelTable(CodeModule module) => _kernels.IsInPlace(module)
        ? Keep(KernelKey, () => KernelCode.Open(new CodeModule(this, "[kernel.kallsyms]", CodeModuleKind.Kernel), _kernels, _demangler, _dwarf))
        : Keep($"{KernelKey} {module.Path} {module.BuildId} {module.RecordedText} {module.IsOfOtherKernel}", () => KernelCode.Open(module, _kernels, _demangler, _dwarf));

    // Opened outside of the lock: two threads may want two tables.
    private CodeSymbols Keep(string key, Func<CodeSymbols> open)
    {
        Lazy<CodeSymbols>? table;
        lock (_guard)
        {
            if (!_tables.TryGetValue(key, out table))
            {
                if (_tables.Count >= MostTables)
                    _tables.Remove(_order.Dequeue());
                _tables.Add(key, table = new Lazy<CodeSymbols>(open));
                _order.Enqueue(key);
            }
        }
        return table.Value;
    }

    // Without a build id it is the file that is there now: after a rebuild it is another.
    private string IdentityOf(CodeModule module)
    {
        string path = _finder.RootOf(module.ProcessId) is { } root && System.IO.File.Exists(root + module.Path) ? root + module.Path : module.Path;
        return FileIdentity.Of(path) is { } identity ? $"{identity.Device} {identity.Inode} {identity.Modified} {identity.Size}" : $"none {module.ProcessId} {module.Path}";
    }
}
