namespace PerfTrace.Symbols;

/// <summary>
/// The names of one module's code. Places are counted as the module is found by: offsets in the file for programs, libraries and the vDSO, addresses for
/// the kernel, its modules and generated code.
/// </summary>
internal abstract class CodeSymbols
{
    /// <summary>The function at a place; the same object each time. Null: no symbol is known there.</summary>
    public abstract CodeSymbol? Find(ulong place);

    /// <summary>The source of a place, inlined functions first, innermost of all; empty when no debug information tells.</summary>
    public virtual IReadOnlyList<CodeLocation> Locate(ulong place) => [];

    /// <summary>The file that has the module's code and debug information, which may be another than the process had mapped; null when there is none.</summary>
    public virtual string? File => null;

    /// <summary>Where a place of the module is by the addresses of <see cref="File"/>; null when it is not in it.</summary>
    public virtual ulong? AddressOf(ulong place) => null;

    /// <summary>Where an address of <see cref="FunctionCode"/> is as places are counted; null when it is not in the module.</summary>
    public virtual ulong? PlaceOf(ulong address) => address;

    /// <summary>The bytes of a function.</summary>
    /// <exception cref="CodeNotFoundException">They can not be had.</exception>
    /// <exception cref="ElfException">The file that has them is damaged.</exception>
    public virtual FunctionCode ReadCode(CodeSymbol function) =>
        throw new CodeNotFoundException(Missing ?? $"The recording has the name and the place of {function.Name} alone, and no file has its code.");

    /// <summary>What would resolve more, as a sentence: the file or package that is missing; null when nothing is.</summary>
    public virtual string? Missing => null;
}
