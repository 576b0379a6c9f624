namespace PerfTrace.Symbols;

/// <summary>The low four bits of st_info (elf(5)).</summary>
public enum ElfSymbolType : byte
{
    None = 0,
    Object = 1,
    Function = 2,

    /// <summary>STT_GNU_IFUNC: code that the dynamic loader runs once, to choose the function.</summary>
    IndirectFunction = 10,
}
