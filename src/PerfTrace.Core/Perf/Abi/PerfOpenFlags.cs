namespace PerfTrace.Perf;

/// <summary>PERF_FLAG_* of perf_event_open(2).</summary>
[Flags]
internal enum PerfOpenFlags : ulong
{
    NoGroup = 1,
    FdOutput = 2,

    /// <summary>The pid argument is a descriptor of a control group's directory.</summary>
    PidCGroup = 4,
    CloseOnExec = 8,
}
