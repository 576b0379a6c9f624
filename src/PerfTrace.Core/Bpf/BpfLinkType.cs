namespace PerfTrace.Bpf;

/// <summary>What holds a BPF program to its hook (enum bpf_link_type of <c>include/uapi/linux/bpf.h</c>, Linux 6.18). A kernel that knows more may tell of a number without a name here.</summary>
public enum BpfLinkType
{
    Unspecified = 0,
    RawTracepoint = 1,
    Tracing = 2,
    CGroup = 3,
    Iterator = 4,
    NetNamespace = 5,
    Xdp = 6,
    PerfEvent = 7,
    KProbeMulti = 8,
    StructOps = 9,
    NetFilter = 10,
    Tcx = 11,
    UProbeMulti = 12,
    NetKit = 13,
    SockMap = 14,
}
