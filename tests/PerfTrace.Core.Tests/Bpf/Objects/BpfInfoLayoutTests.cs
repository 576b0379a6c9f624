using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PerfTrace.Bpf;

namespace PerfTrace.Tests.Bpf.Objects;

/// <summary>Sizes and offsets of include/uapi/linux/bpf.h.</summary>
public sealed class BpfInfoLayoutTests
{
    [Fact]
    public void MapInfo()
    {
        Assert.Equal(88, Unsafe.SizeOf<BpfMapInfo>());
        Assert.Equal(24, (int)Marshal.OffsetOf<BpfMapInfo>(nameof(BpfMapInfo.Name)));
        Assert.Equal(40, (int)Marshal.OffsetOf<BpfMapInfo>(nameof(BpfMapInfo.InterfaceIndex)));
        Assert.Equal(64, (int)Marshal.OffsetOf<BpfMapInfo>(nameof(BpfMapInfo.BtfId)));
        Assert.Equal(80, (int)Marshal.OffsetOf<BpfMapInfo>(nameof(BpfMapInfo.Extra)));
    }

    [Fact]
    public void ProgramDetails()
    {
        Assert.Equal(232, Unsafe.SizeOf<BpfProgramDetails>());
        Assert.Equal(208, (int)Marshal.OffsetOf<BpfProgramDetails>(nameof(BpfProgramDetails.RecursionMisses)));
        Assert.Equal(224, (int)Marshal.OffsetOf<BpfProgramDetails>(nameof(BpfProgramDetails.AttachBtfId)));
    }

    [Fact]
    public void LinkInfo() => Assert.Equal(64, Unsafe.SizeOf<BpfLinkInfo>());
}
