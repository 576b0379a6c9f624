namespace PerfTrace.Perf;

/// <summary>enum perf_type_id of <c>include/uapi/linux/perf_event.h</c>; PMUs of the machine have larger numbers, from sysfs.</summary>
public enum PerfType : uint
{
    Hardware = 0,
    Software = 1,
    Tracepoint = 2,
    HardwareCache = 3,
    Raw = 4,
    Breakpoint = 5,
}
