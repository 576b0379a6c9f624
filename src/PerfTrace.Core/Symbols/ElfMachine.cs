namespace PerfTrace.Symbols;

/// <summary>e_machine: those that something here tells apart (include/uapi/linux/elf-em.h). Others are kept as their number.</summary>
public enum ElfMachine : ushort
{
    None = 0,
    X86 = 3,
    Arm = 40,
    X86_64 = 62,
    Arm64 = 183,
    RiscV = 243,
}
