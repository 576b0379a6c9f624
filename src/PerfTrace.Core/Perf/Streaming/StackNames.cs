using System.Globalization;
using PerfTrace.Events;
using PerfTrace.Kernel;

namespace PerfTrace.Perf;

/// <summary>Makes call stacks of the address lists of samples.</summary>
internal sealed class StackNames(SystemPaths paths)
{
    // enum perf_callchain_context: marks between the addresses, near the top of the address space.
    private const ulong FirstMark = unchecked((ulong)-4095);
    private const ulong KernelMark = unchecked((ulong)-128);

    private readonly Dictionary<int, ProcessMap> _maps = [];

    public EventStack Stack(int processId, ReadOnlySpan<ulong> chain)
    {
        var addresses = new ulong[chain.Length];
        int count = 0, kernelCount = 0;
        bool isKernel = false;
        foreach (ulong address in chain)
        {
            if (address >= FirstMark)
            {
                isKernel = address == KernelMark;
                continue;
            }
            addresses[count++] = address;
            if (isKernel)
                kernelCount = count;
        }
        if (!_maps.TryGetValue(processId, out ProcessMap? map))
            _maps.Add(processId, map = ProcessMap.Read(paths, processId));
        return new EventStack(addresses[..count], kernelCount, (a, kernel) => Describe(map, a, kernel));
    }

    private static string Describe(ProcessMap map, ulong address, bool isKernel) =>
        isKernel ? KernelSymbols.Describe(address) : map.Describe(address) ?? string.Create(CultureInfo.InvariantCulture, $"0x{address:x}");
}
