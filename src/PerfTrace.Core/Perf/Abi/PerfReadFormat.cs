namespace PerfTrace.Perf;

/// <summary>enum perf_event_read_format of <c>include/uapi/linux/perf_event.h</c>.</summary>
[Flags]
internal enum PerfReadFormat : ulong
{
    None = 0,
    TotalTimeEnabled = 1,
    TotalTimeRunning = 2,
    Id = 4,
    Group = 8,

    /// <summary>Linux 6.0.</summary>
    Lost = 16,
}
