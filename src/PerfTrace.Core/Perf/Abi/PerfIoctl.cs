namespace PerfTrace.Perf;

/// <summary>PERF_EVENT_IOC_* of <c>include/uapi/linux/perf_event.h</c>; the encoding is asm-generic's on x86-64 and ARM64.</summary>
internal static class PerfIoctl
{
    public const nuint Enable = 0x2400;
    public const nuint Disable = 0x2401;
    public const nuint Reset = 0x2403;
    public const nuint SetOutput = 0x2405;
    public const nuint SetFilter = 0x40082406;
    public const nuint GetId = 0x80082407;
    public const nuint SetBpf = 0x40042408;
    public const nuint PauseOutput = 0x40042409;

    /// <summary>The argument that applies Enable, Disable and Reset to a leader and all members of its group (PERF_IOC_FLAG_GROUP).</summary>
    public const nint WholeGroup = 1;
}
