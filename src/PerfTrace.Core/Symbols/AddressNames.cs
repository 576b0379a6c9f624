using System.Globalization;
using PerfTrace.Kernel;

namespace PerfTrace.Symbols;

/// <summary>Writes addresses of code as people read them: <c>vfs_read+0x11</c>, <c>ext4_sync_file+0x8 [ext4]</c>, <c>malloc+0x1c (libc.so.6)</c>.</summary>
internal sealed class AddressNames(IKernelSymbols kernel)
{
    private readonly FileSymbols _files = new();

    /// <summary>The kernel function with the offset in it, and its module; the address itself where none is known.</summary>
    public string OfKernel(ulong address) =>
        kernel.TryFind(address, out string? name, out ulong offset, out _, out string? module)
            ? string.Create(CultureInfo.InvariantCulture, $"{name}+0x{offset:x}{(module is null ? "" : $" [{module}]")}")
            : Hex(address);

    /// <summary>The function of a program or library with the offset in it, and the file; the place in the file where it has no symbol there; or the address itself.</summary>
    public string Of(AddressSpace space, ulong address)
    {
        if (space.Find(address) is not { } place)
            return Hex(address);
        string file = Path.GetFileName(place.Path);
        return _files.Find(place.Path, place.FileOffset) is { } found
            ? string.Create(CultureInfo.InvariantCulture, $"{found.Symbol.Name}+0x{found.Offset:x} ({file})")
            : string.Create(CultureInfo.InvariantCulture, $"{file}+0x{place.FileOffset:x}");
    }

    private static string Hex(ulong address) => string.Create(CultureInfo.InvariantCulture, $"0x{address:x}");
}
