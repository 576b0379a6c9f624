namespace PerfTrace.Symbols;

/// <summary>e_type (elf(5)). Values between are kept as they are.</summary>
public enum ElfFileType : ushort
{
    None = 0,
    Relocatable = 1,
    Executable = 2,

    /// <summary>A shared object, or an executable that is loaded anywhere (PIE).</summary>
    Shared = 3,
    Core = 4,
}
