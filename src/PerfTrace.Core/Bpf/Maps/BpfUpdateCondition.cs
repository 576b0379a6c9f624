namespace PerfTrace.Bpf;

/// <summary>When an entry is written (the flags of BPF_MAP_UPDATE_ELEM).</summary>
public enum BpfUpdateCondition
{
    /// <summary>BPF_ANY: made or replaced.</summary>
    Any = 0,

    /// <summary>BPF_NOEXIST: only made.</summary>
    NoExist = 1,

    /// <summary>BPF_EXIST: only replaced.</summary>
    Exist = 2,
}
