namespace PerfTrace.Symbols;

/// <summary>The code of a function.</summary>
/// <param name="Bytes">As much of it as there is.</param>
/// <param name="Address">Where it begins by the addresses that its instructions are shown with: those of objdump for a file, those in memory otherwise.</param>
/// <param name="Machine">What it is for.</param>
/// <param name="File">Where it was read.</param>
internal sealed record FunctionCode(ReadOnlyMemory<byte> Bytes, ulong Address, ElfMachine Machine, string File)
{
    /// <summary>No compiler makes a larger function; a damaged symbol table may claim one.</summary>
    public const ulong Largest = 16 << 20;
}
