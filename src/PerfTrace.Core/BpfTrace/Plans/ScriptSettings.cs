using PerfTrace.Symbols;

namespace PerfTrace.BpfTrace;

/// <summary>The settings of a script's <c>config</c> block, with bpftrace's names and defaults.</summary>
internal sealed record ScriptSettings
{
    /// <summary>The pages of the ring buffer of a script that says nothing of them, as bpftrace has it.</summary>
    public const int DefaultRingPages = 64;

    /// <summary>max_strlen: the room for strings that are read, the zero included.</summary>
    public int MaximumStringLength { get; init; } = 1024;

    /// <summary>max_map_keys.</summary>
    public int MaximumMapKeys { get; init; } = 4096;

    /// <summary>max_cat_bytes.</summary>
    public int MaximumCatBytes { get; init; } = 10240;

    /// <summary>max_probes.</summary>
    public int MaximumProbes { get; init; } = 1024;

    /// <summary>on_stack_limit: what is larger lies in a map for each CPU.</summary>
    public int OnStackLimit { get; init; } = 32;

    /// <summary>print_maps_on_exit.</summary>
    public bool PrintMapsOnExit { get; init; } = true;

    /// <summary>stack_mode.</summary>
    public StackMode StackMode { get; init; } = StackMode.BpfTrace;

    /// <summary>cpp_demangle: how functions of C++ are named.</summary>
    public SymbolNameForm SymbolNames { get; init; } = SymbolNameForm.Whole;

    /// <summary>str_trunc_trailer: what stands behind a string that was cut.</summary>
    public string TruncationTrailer { get; init; } = "..";

    /// <summary>missing_probes: what becomes of a probe that is not there.</summary>
    public MissingProbes MissingProbes { get; init; } = MissingProbes.Error;

    /// <summary>The caller permits what changes processes or the kernel: system, signal, override, write_user.</summary>
    public bool IsUnsafeAllowed { get; init; }

    /// <summary>Reads of memory that is not there are told, once for each place in the script; bpftrace's <c>-k</c>.</summary>
    public bool WarnsOfReads { get; init; }

    /// <summary>license: what the programs are loaded under; helpers that are for GPL programs alone want one that is compatible with it.</summary>
    public string License { get; init; } = "GPL";

    /// <summary>The process of the command that the caller has started for the script; 0: none.</summary>
    public int ChildProcessId { get; init; }

    /// <summary>perf_rb_pages: the pages of the ring buffer that events go through.</summary>
    public int RingPages { get; init; } = DefaultRingPages;
}
