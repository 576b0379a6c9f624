using System.Runtime.InteropServices;

namespace PerfTrace.Perf;

/// <summary>
/// struct perf_event_attr of <c>include/uapi/linux/perf_event.h</c>, through <c>config3</c> (PERF_ATTR_SIZE_VER8, Linux 6.3).
/// An older kernel takes it as well as long as the part it does not know is zero (perf_copy_attr in kernel/events/core.c).
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 8, Size = StructureSize)]
internal struct PerfEventAttr
{
    public const int StructureSize = 136;

    public uint Type;
    public uint Size;
    public ulong Config;

    /// <summary>sample_period, or sample_freq with <see cref="PerfEventFlags.Frequency"/>.</summary>
    public ulong SamplePeriod;
    public PerfSampleFormat SampleType;
    public PerfReadFormat ReadFormat;
    public PerfEventFlags Flags;

    /// <summary>wakeup_events, or wakeup_watermark with <see cref="PerfEventFlags.Watermark"/>.</summary>
    public uint WakeupEvents;
    public uint BreakpointType;

    /// <summary>config1, which a breakpoint uses as bp_addr, a kprobe or uprobe as a pointer to its name.</summary>
    public ulong Config1;

    /// <summary>config2, which a breakpoint uses as bp_len, a probe as its offset.</summary>
    public ulong Config2;
    public ulong BranchSampleType;
    public ulong SampleRegsUser;
    public uint SampleStackUser;
    public int ClockId;
    public ulong SampleRegsIntr;
    public uint AuxWatermark;
    public ushort SampleMaxStack;
    public ushort Reserved2;
    public uint AuxSampleSize;
    public uint AuxAction;
    public ulong SignalData;
    public ulong Config3;

    private const int PreciseShift = 15;

    /// <summary>precise_ip, 0 to 3.</summary>
    public int PreciseIp
    {
        readonly get => (int)(((ulong)Flags >> PreciseShift) & 3);
        set => Flags = (PerfEventFlags)(((ulong)Flags & ~(3UL << PreciseShift)) | ((ulong)(value & 3) << PreciseShift));
    }

    public readonly bool Has(PerfEventFlags flag) => (Flags & flag) != 0;

    public void Set(PerfEventFlags flag, bool value) => Flags = value ? Flags | flag : Flags & ~flag;
}
