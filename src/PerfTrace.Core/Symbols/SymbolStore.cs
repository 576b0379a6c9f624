using PerfTrace.Kernel;

namespace PerfTrace.Symbols;

/// <summary>Opens the names of modules and keeps them: a table is read once for each build id.</summary>
public sealed class SymbolStore(SystemPaths paths) : IDisposable
{
    private readonly LazyKernelSymbols _kernel = new(paths);
    private readonly FileSymbols _files = new();

    internal CodeSymbols Open(CodeModule module) => module.Kind switch
    {
        CodeModuleKind.Kernel or CodeModuleKind.KernelModule => new KernelCode(_kernel),
        CodeModuleKind.File => new FileCode(_files, module.Path),
        _ => new NoCode(),
    };

    public void Dispose()
    {
    }

    private sealed class KernelCode(IKernelSymbols kernel) : CodeSymbols
    {
        private readonly Dictionary<ulong, CodeSymbol> _known = [];

        public override CodeSymbol? Find(ulong place)
        {
            if (!kernel.TryFind(place, out string? name, out ulong offset, out ulong size, out _))
                return null;
            if (!_known.TryGetValue(place - offset, out CodeSymbol? symbol))
                _known.Add(place - offset, symbol = new CodeSymbol(name, place - offset, size));
            return symbol;
        }
    }

    private sealed class FileCode(FileSymbols files, string path) : CodeSymbols
    {
        private readonly Dictionary<ulong, CodeSymbol> _known = [];

        public override CodeSymbol? Find(ulong place)
        {
            if (files.Find(path, place) is not { } found)
                return null;
            ulong start = place - found.Offset;
            if (!_known.TryGetValue(start, out CodeSymbol? symbol))
                _known.Add(start, symbol = new CodeSymbol(found.Symbol.Name, start, found.Symbol.Size));
            return symbol;
        }
    }

    private sealed class NoCode : CodeSymbols
    {
        public override CodeSymbol? Find(ulong place) => null;
    }
}
