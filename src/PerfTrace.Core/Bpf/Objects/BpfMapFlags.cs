namespace PerfTrace.Bpf;

/// <summary>How a map was made (flags of BPF_MAP_CREATE in <c>include/uapi/linux/bpf.h</c>).</summary>
[Flags]
public enum BpfMapFlags : uint
{
    None = 0,

    /// <summary>BPF_F_NO_PREALLOC: memory is taken entry by entry.</summary>
    NoPreallocation = 1 << 0,

    /// <summary>BPF_F_NO_COMMON_LRU: each CPU has its own list of the least recently used.</summary>
    NoCommonLru = 1 << 1,

    /// <summary>BPF_F_NUMA_NODE: on one memory node.</summary>
    NumaNode = 1 << 2,

    /// <summary>BPF_F_RDONLY: this descriptor reads only.</summary>
    ReadOnly = 1 << 3,

    /// <summary>BPF_F_WRONLY: this descriptor writes only.</summary>
    WriteOnly = 1 << 4,

    /// <summary>BPF_F_STACK_BUILD_ID: stacks of build ids and offsets, not of addresses.</summary>
    StackBuildId = 1 << 5,

    /// <summary>BPF_F_ZERO_SEED: the hash begins at zero.</summary>
    ZeroSeed = 1 << 6,

    /// <summary>BPF_F_RDONLY_PROG: programs read only.</summary>
    ReadOnlyForPrograms = 1 << 7,

    /// <summary>BPF_F_WRONLY_PROG: programs write only.</summary>
    WriteOnlyForPrograms = 1 << 8,

    /// <summary>BPF_F_CLONE: what is stored at a socket goes over to its accepted ones.</summary>
    Clone = 1 << 9,

    /// <summary>BPF_F_MMAPABLE: an array that may be mapped.</summary>
    Mappable = 1 << 10,

    /// <summary>BPF_F_PRESERVE_ELEMS: perf events stay when the descriptor that put them in is closed.</summary>
    PreserveElements = 1 << 11,

    /// <summary>BPF_F_INNER_MAP: arrays of other sizes fit as inner maps.</summary>
    InnerMap = 1 << 12,

    /// <summary>BPF_F_LINK: struct_ops that is attached by a link.</summary>
    Link = 1 << 13,

    /// <summary>BPF_F_PATH_FD.</summary>
    PathDescriptor = 1 << 14,

    /// <summary>BPF_F_VTYPE_BTF_OBJ_FD.</summary>
    ValueTypeBtf = 1 << 15,

    /// <summary>BPF_F_TOKEN_FD.</summary>
    Token = 1 << 16,

    /// <summary>BPF_F_SEGV_ON_FAULT: an arena's missing pages are not given when touched.</summary>
    SegmentFaultOnMissing = 1 << 17,

    /// <summary>BPF_F_NO_USER_CONV: an arena's pointers are not converted.</summary>
    NoUserConversion = 1 << 18,

    /// <summary>BPF_F_RB_OVERWRITE: a full ring buffer writes over its oldest records.</summary>
    Overwrite = 1 << 19,
}
