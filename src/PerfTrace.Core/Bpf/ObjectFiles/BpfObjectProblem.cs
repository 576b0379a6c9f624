namespace PerfTrace.Bpf;

/// <summary>What is wrong with an object file.</summary>
public enum BpfObjectProblem
{
    /// <summary>It is no BPF object, or is damaged.</summary>
    Damaged,

    /// <summary>It is for machines of the other byte order.</summary>
    ByteOrder,

    /// <summary>The section of a program is of no kind that libbpf knows.</summary>
    UnknownProgramType,

    /// <summary>It has no type information (BTF), or this kernel has none.</summary>
    NoTypeInformation,

    /// <summary>It asks for a function, variable or map that is not there.</summary>
    MissingSymbol,

    /// <summary>The section of a program does not say what it is to be attached to.</summary>
    NoTarget,

    /// <summary>libbpf does not take it, for what its messages say.</summary>
    Refused,
}
