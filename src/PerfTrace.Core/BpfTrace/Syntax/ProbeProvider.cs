namespace PerfTrace.BpfTrace;

/// <summary>The kinds of probes, as bits, so that a set of them is a value too.</summary>
[Flags]
internal enum ProbeProvider
{
    None = 0,
    Begin = 1 << 0,
    End = 1 << 1,
    Self = 1 << 2,
    Test = 1 << 3,
    Bench = 1 << 4,
    KProbe = 1 << 5,
    KRetProbe = 1 << 6,
    UProbe = 1 << 7,
    URetProbe = 1 << 8,
    Usdt = 1 << 9,
    Tracepoint = 1 << 10,
    RawTracepoint = 1 << 11,
    Fentry = 1 << 12,
    Fexit = 1 << 13,
    Profile = 1 << 14,
    Interval = 1 << 15,
    Software = 1 << 16,
    Hardware = 1 << 17,
    Watchpoint = 1 << 18,
    Iterator = 1 << 19,

    All = (1 << 20) - 1,
}
