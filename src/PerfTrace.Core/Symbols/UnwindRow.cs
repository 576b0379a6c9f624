namespace PerfTrace.Symbols;

/// <summary>How to get from a place in a function to its caller.</summary>
/// <param name="Frame">The frame's address (CFA): <see cref="UnwindRuleKind.Register"/> with an offset, or an expression.</param>
/// <param name="Registers">The caller's registers, by DWARF's numbers.</param>
/// <param name="ReturnAddress">The column that has the return address.</param>
/// <param name="IsSignal">The kernel called this to deliver a signal: the caller was interrupted and has called nothing.</param>
internal sealed record UnwindRow(UnwindRule Frame, UnwindRule[] Registers, int ReturnAddress, bool IsSignal)
{
    /// <summary>The registers that are not as they were.</summary>
    public int[] Changed { get; } = [.. Enumerable.Range(0, Registers.Length).Where(i => Registers[i].Kind != UnwindRuleKind.Same)];
}
