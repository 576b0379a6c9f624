using System.Numerics;

namespace PerfTrace.Symbols;

/// <summary>The registers of a sample (PERF_SAMPLE_REGS_USER): those whose bits are set, in the order of the kernel's numbers (asm/perf_regs.h).</summary>
/// <param name="Mask">Which there are (sample_regs_user).</param>
/// <param name="Values">Their values.</param>
/// <param name="Is32Bit">A process of 32 bits (PERF_SAMPLE_REGS_ABI_32).</param>
internal readonly ref struct UserRegisters(ulong Mask, ReadOnlySpan<ulong> Values, bool Is32Bit)
{
    private readonly ReadOnlySpan<ulong> _values = Values;

    /// <summary>A process of 32 bits.</summary>
    public bool Is32Bit { get; } = Is32Bit;

    /// <summary>The value of a register; false when it was not sampled.</summary>
    public bool TryGet(int number, out ulong value)
    {
        int index = BitOperations.PopCount(Mask & ((1UL << number) - 1));
        bool isThere = (Mask >> number & 1) != 0 && index < _values.Length;
        value = isThere ? _values[index] : 0;
        return isThere;
    }
}
