namespace PerfTrace.Perf;

/// <summary>enum perf_event_type of <c>include/uapi/linux/perf_event.h</c>: what a record of a ring buffer is.</summary>
internal enum PerfRecordType : uint
{
    Mmap = 1,
    Lost = 2,
    Comm = 3,
    Exit = 4,
    Throttle = 5,
    Unthrottle = 6,
    Fork = 7,
    Read = 8,
    Sample = 9,
    Mmap2 = 10,
    Aux = 11,
    ItraceStart = 12,
    LostSamples = 13,
    Switch = 14,
    SwitchCpuWide = 15,
    Namespaces = 16,
    KernelSymbol = 17,
    BpfEvent = 18,
    CGroup = 19,
    TextPoke = 20,
    AuxOutputHardwareId = 21,
}
