namespace PerfTrace.Bpf;

/// <summary>What a link to a perf event is of (enum bpf_perf_event_type of <c>include/uapi/linux/bpf.h</c>, Linux 6.6).</summary>
public enum BpfPerfEventKind
{
    Unspecified = 0,
    UProbe = 1,
    URetProbe = 2,
    KProbe = 3,
    KRetProbe = 4,
    Tracepoint = 5,
    Event = 6,
}
