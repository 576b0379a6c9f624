using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>What the type of a map says of its entries, as user space sees them (map_lookup_elem and bpf_map_value_size in kernel/bpf/syscall.c).</summary>
internal static class BpfMapShape
{
    private static readonly Lazy<int> Possible = new(static () => new CpuTopology(SystemPaths.Default).Possible.Count);

    /// <summary>The CPUs that may ever be there: a value for each in a map for each CPU.</summary>
    public static int PossibleCpus => Possible.Value;

    /// <summary>It has a value for each CPU.</summary>
    public static bool IsPerCpu(BpfMapType type) =>
        type is BpfMapType.PerCpuHash or BpfMapType.PerCpuArray or BpfMapType.LruPerCpuHash or BpfMapType.PerCpuCGroupStorage;

    /// <summary>A key is the index of an element.</summary>
    public static bool IsArray(BpfMapType type) =>
        type is BpfMapType.Array or BpfMapType.PerCpuArray or BpfMapType.ProgramArray or BpfMapType.PerfEventArray or BpfMapType.CGroupArray or BpfMapType.ArrayOfMaps
            or BpfMapType.DevMap or BpfMapType.CpuMap or BpfMapType.XskMap or BpfMapType.SockMap or BpfMapType.ReusePortSockArray or BpfMapType.StructOps;

    /// <summary>Its values are descriptors when they are written and ids when they are read.</summary>
    public static bool HoldsMaps(BpfMapType type) => type is BpfMapType.ArrayOfMaps or BpfMapType.HashOfMaps;

    /// <summary>It has no keys: elements are pushed and popped.</summary>
    public static bool IsQueue(BpfMapType type) => type is BpfMapType.Queue or BpfMapType.Stack;

    /// <summary>Elements of an array can not be taken away (their values are set to zero instead).</summary>
    public static bool IsPlainArray(BpfMapType type) => type is BpfMapType.Array or BpfMapType.PerCpuArray;

    /// <summary>Why its entries can not be listed; null: they can.</summary>
    public static string? NoEntries(BpfMapType type) => type switch
    {
        BpfMapType.RingBuffer => "A ring buffer is read with Watch-BpfRingBuffer.",
        BpfMapType.UserRingBuffer => "A user ring buffer is written to by mapping it.",
        BpfMapType.PerfEventArray => "A perf buffer is read with Watch-BpfPerfBuffer.",
        BpfMapType.BloomFilter => "A Bloom filter tells only whether a value may be in it: Get-BpfMapEntry -Key VALUE.",
        BpfMapType.CGroupArray => "The kernel does not tell what an array of control groups holds.",
        BpfMapType.SkStorage => "What is stored at sockets is asked for by the descriptor of one: -Key DESCRIPTOR.",
        BpfMapType.InodeStorage => "What is stored at files is asked for by the path of one: -Key PATH.",
        BpfMapType.TaskStorage => "What is stored at tasks is asked for by the id of a process: -Key PROCESSID.",
        BpfMapType.CgrpStorage => "What is stored at control groups is asked for by the folder of one: -Key FOLDER.",
        BpfMapType.Arena => "An arena is memory that programs share; it has no entries.",
        BpfMapType.XskMap or BpfMapType.ReusePortSockArray => "The kernel does not tell what a map of sockets holds.",
        _ => null,
    };

    /// <summary>Bytes of one CPU's value in what the kernel copies: padded to 8 (round_up in bpf_percpu_hash_copy).</summary>
    public static int CpuStride(int valueSize) => (valueSize + 7) & ~7;

    /// <summary>Bytes of a value that the kernel copies to and from user space.</summary>
    public static int ValueBytes(BpfMapType type, int valueSize) => IsPerCpu(type) ? CpuStride(valueSize) * PossibleCpus : valueSize;
}
