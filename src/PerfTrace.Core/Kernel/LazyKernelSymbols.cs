using System.Diagnostics.CodeAnalysis;

namespace PerfTrace.Kernel;

/// <summary>The symbols of the kernel that runs, read when the first is asked for.</summary>
public sealed class LazyKernelSymbols(SystemPaths paths) : IKernelSymbols
{
    private readonly Lazy<KernelSymbolTable> _table = new(() => KernelSymbolTable.Read(paths));

    public bool TryFind(ulong address, [NotNullWhen(true)] out string? name, out ulong offset, out ulong size, out string? module) =>
        _table.Value.TryFind(address, out name, out offset, out size, out module);
}
