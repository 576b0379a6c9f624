using System.Runtime.InteropServices;
using PerfTrace.Perf;

namespace PerfTrace.Tests.Perf.Abi;

/// <summary>Offsets and bits of struct perf_event_attr in include/uapi/linux/perf_event.h (PERF_ATTR_SIZE_VER8).</summary>
public unsafe class PerfEventAttrTests
{
    [Fact]
    public void HasTheKernelsSize()
    {
        Assert.Equal(136, sizeof(PerfEventAttr));
        Assert.Equal(136, PerfEventAttr.StructureSize);
    }

    [Theory]
    [InlineData(nameof(PerfEventAttr.Type), 0)]
    [InlineData(nameof(PerfEventAttr.Size), 4)]
    [InlineData(nameof(PerfEventAttr.Config), 8)]
    [InlineData(nameof(PerfEventAttr.SamplePeriod), 16)]
    [InlineData(nameof(PerfEventAttr.SampleType), 24)]
    [InlineData(nameof(PerfEventAttr.ReadFormat), 32)]
    [InlineData(nameof(PerfEventAttr.Flags), 40)]
    [InlineData(nameof(PerfEventAttr.WakeupEvents), 48)]
    [InlineData(nameof(PerfEventAttr.BreakpointType), 52)]
    [InlineData(nameof(PerfEventAttr.Config1), 56)]
    [InlineData(nameof(PerfEventAttr.Config2), 64)] // PERF_ATTR_SIZE_VER0 ends here
    [InlineData(nameof(PerfEventAttr.BranchSampleType), 72)]
    [InlineData(nameof(PerfEventAttr.SampleRegsUser), 80)]
    [InlineData(nameof(PerfEventAttr.SampleStackUser), 88)]
    [InlineData(nameof(PerfEventAttr.ClockId), 92)]
    [InlineData(nameof(PerfEventAttr.SampleRegsIntr), 96)]
    [InlineData(nameof(PerfEventAttr.AuxWatermark), 104)]
    [InlineData(nameof(PerfEventAttr.SampleMaxStack), 108)]
    [InlineData(nameof(PerfEventAttr.Reserved2), 110)]
    [InlineData(nameof(PerfEventAttr.AuxSampleSize), 112)]
    [InlineData(nameof(PerfEventAttr.AuxAction), 116)]
    [InlineData(nameof(PerfEventAttr.SignalData), 120)]
    [InlineData(nameof(PerfEventAttr.Config3), 128)]
    public void HasTheKernelsOffsets(string field, int offset) => Assert.Equal(offset, (int)Marshal.OffsetOf<PerfEventAttr>(field));

    [Theory]
    [InlineData("Disabled", 0)]
    [InlineData("Inherit", 1)]
    [InlineData("Pinned", 2)]
    [InlineData("Exclusive", 3)]
    [InlineData("ExcludeUser", 4)]
    [InlineData("ExcludeKernel", 5)]
    [InlineData("ExcludeHypervisor", 6)]
    [InlineData("ExcludeIdle", 7)]
    [InlineData("Mmap", 8)]
    [InlineData("Comm", 9)]
    [InlineData("Frequency", 10)]
    [InlineData("InheritStat", 11)]
    [InlineData("EnableOnExec", 12)]
    [InlineData("Task", 13)]
    [InlineData("Watermark", 14)]
    [InlineData("PreciseIp1", 15)]
    [InlineData("PreciseIp2", 16)]
    [InlineData("MmapData", 17)]
    [InlineData("SampleIdAll", 18)]
    [InlineData("ExcludeHost", 19)]
    [InlineData("ExcludeGuest", 20)]
    [InlineData("ExcludeCallchainKernel", 21)]
    [InlineData("ExcludeCallchainUser", 22)]
    [InlineData("Mmap2", 23)]
    [InlineData("CommExec", 24)]
    [InlineData("UseClockId", 25)]
    [InlineData("ContextSwitch", 26)]
    [InlineData("WriteBackward", 27)]
    [InlineData("Namespaces", 28)]
    [InlineData("KernelSymbol", 29)]
    [InlineData("BpfEvent", 30)]
    [InlineData("AuxOutput", 31)]
    [InlineData("CGroup", 32)]
    [InlineData("TextPoke", 33)]
    [InlineData("BuildId", 34)]
    [InlineData("InheritThread", 35)]
    [InlineData("RemoveOnExec", 36)]
    [InlineData("SignalTrap", 37)]
    public void HasTheKernelsBits(string flag, int bit) => Assert.Equal(1UL << bit, (ulong)Enum.Parse<PerfEventFlags>(flag));

    [Fact]
    public void PreciseIpIsTwoBitsAmongTheFlags()
    {
        PerfEventAttr attributes = default;
        attributes.Set(PerfEventFlags.Watermark | PerfEventFlags.MmapData, true);

        attributes.PreciseIp = 3;
        Assert.Equal(PerfEventFlags.Watermark | PerfEventFlags.MmapData | PerfEventFlags.PreciseIp1 | PerfEventFlags.PreciseIp2, attributes.Flags);
        attributes.PreciseIp = 2;
        Assert.Equal(2, attributes.PreciseIp);
        attributes.PreciseIp = 0;
        Assert.Equal(PerfEventFlags.Watermark | PerfEventFlags.MmapData, attributes.Flags);
    }

    [Fact]
    public void HasTheKernelsRequests()
    {
        Assert.Equal(0x2400u, Value(PerfIoctl.Enable)); // _IO('$', 0)
        Assert.Equal(0x2401u, Value(PerfIoctl.Disable));
        Assert.Equal(0x2403u, Value(PerfIoctl.Reset));
        Assert.Equal(0x2405u, Value(PerfIoctl.SetOutput));
        Assert.Equal(0x40082406u, Value(PerfIoctl.SetFilter)); // _IOW('$', 6, char *)
        Assert.Equal(0x80082407u, Value(PerfIoctl.GetId)); // _IOR('$', 7, __u64 *)
        Assert.Equal(0x40042408u, Value(PerfIoctl.SetBpf)); // _IOW('$', 8, __u32)
        Assert.Equal(0x40042409u, Value(PerfIoctl.PauseOutput));
    }

    // As the kernel gets it: at run time, not folded by the compiler, and of 32 bits (SYSCALL_DEFINE3(ioctl, …, unsigned int, cmd, …)).
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static uint Value(nuint request) => (uint)(request & uint.MaxValue);
}
