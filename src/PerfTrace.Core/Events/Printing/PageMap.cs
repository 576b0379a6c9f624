using System.Runtime.InteropServices;
using PerfTrace.Kernel;

namespace PerfTrace.Events.Printing;

/// <summary>vmemmap_base of x86-64 (Documentation/arch/x86/x86_64/mm.rst), which some events' formats refer to.</summary>
internal static class PageMap
{
    private const ulong FourLevels = 0xffffea0000000000, FiveLevels = 0xffd4000000000000;
    private const ulong LinkedAt = 0xffffffff81000000;

    /// <summary>Null where the kernel has placed itself, and with it its maps, at random (CONFIG_RANDOMIZE_MEMORY).</summary>
    public static ulong? FindBase(SystemPaths paths, IKernelSymbols symbols)
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return null;
        // The start of the kernel is where it was linked: nothing was moved.
        bool isInPlace = symbols.TryFind(LinkedAt, out _, out ulong offset, out _, out _) && offset == 0 && !symbols.TryFind(LinkedAt - 1, out _, out _, out _, out _);
        if (!isInPlace)
            return null;
        string cpu = Path.Combine(paths.Proc, "cpuinfo");
        string? flags = File.Exists(cpu) ? File.ReadLines(cpu).FirstOrDefault(static l => l.StartsWith("flags", StringComparison.Ordinal)) : null;
        return flags is null ? null : flags.Split(' ').Contains("la57") ? FiveLevels : FourLevels;
    }
}
