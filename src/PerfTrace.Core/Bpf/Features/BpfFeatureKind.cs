namespace PerfTrace.Bpf;

/// <summary>What a feature of BPF is.</summary>
public enum BpfFeatureKind
{
    /// <summary>bpf(2) itself.</summary>
    SystemCall,

    /// <summary>A kind of program.</summary>
    ProgramType,

    /// <summary>What programs of some kinds are attached to by the kernel's types: the entry of a function, a typed tracepoint.</summary>
    Attachment,

    /// <summary>A kind of map.</summary>
    MapType,

    /// <summary>A kind of link.</summary>
    LinkType,

    /// <summary>A helper function, for a kind of program.</summary>
    Helper,

    /// <summary>A function of the kernel that programs may call as it is.</summary>
    KernelFunction,

    /// <summary>How large and complex programs may be.</summary>
    Limit,

    /// <summary>Instructions that came after the first ones.</summary>
    Instruction,

    /// <summary>Type information: the kernel's own, and which kinds it takes.</summary>
    Btf,

    /// <summary>A setting below /proc/sys.</summary>
    Sysctl,

    /// <summary>An option that the kernel was built with.</summary>
    Configuration,
}
