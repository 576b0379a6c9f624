using System.Diagnostics.CodeAnalysis;

namespace PerfTrace.Kernel;

/// <summary>Names of the kernel's functions by address.</summary>
public interface IKernelSymbols
{
    /// <summary>The function that an address is in.</summary>
    /// <param name="address">Any address.</param>
    /// <param name="name">The function.</param>
    /// <param name="offset">Bytes from its start.</param>
    /// <param name="size">Its bytes, as far as the next symbol.</param>
    /// <param name="module">The module that it belongs to; null: the kernel itself.</param>
    /// <returns>False: it is in none that is known.</returns>
    bool TryFind(ulong address, [NotNullWhen(true)] out string? name, out ulong offset, out ulong size, out string? module);
}
