namespace PerfTrace.Symbols;

/// <summary>What code belongs to.</summary>
public enum CodeModuleKind
{
    /// <summary>A program or library.</summary>
    File,

    /// <summary>The kernel itself.</summary>
    Kernel,

    /// <summary>A module of the kernel, or a BPF program.</summary>
    KernelModule,

    /// <summary>What the kernel maps into each process (vdso(7)).</summary>
    Vdso,

    /// <summary>Code that a process made while it ran: its names are in a perf map or jitdump.</summary>
    Generated,

    /// <summary>Nothing is known to be mapped there.</summary>
    Unknown,
}
