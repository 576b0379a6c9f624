namespace PerfTrace.Symbols;

/// <summary>The high four bits of st_info (elf(5)).</summary>
public enum ElfSymbolBinding : byte
{
    Local = 0,
    Global = 1,
    Weak = 2,

    /// <summary>STB_GNU_UNIQUE.</summary>
    Unique = 10,
}
