using System.Runtime.InteropServices;

namespace PerfTrace.Bpf;

/// <summary>
/// union bpf_attr of <c>include/uapi/linux/bpf.h</c> for BPF_LINK_CREATE (Linux 6.18). The parts behind the flags overlap; their prefix says which kind of link they belong to.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = StructureSize)]
internal struct BpfLinkAttributes
{
    public const int StructureSize = 64;

    /// <summary>As far as kernels before 5.15 and links without more have it; an older kernel wants the rest to be zero.</summary>
    public const uint ShortSize = 24;

    [FieldOffset(0)] public int Program;

    /// <summary>A perf event or control group by its descriptor, a network interface by its number.</summary>
    [FieldOffset(4)] public int Target;
    [FieldOffset(8)] public BpfAttachType AttachType;
    [FieldOffset(12)] public uint Flags;

    [FieldOffset(16)] public ulong PerfEventCookie;

    [FieldOffset(16)] public uint TracingTypeId;
    [FieldOffset(24)] public ulong TracingCookie;

    [FieldOffset(16)] public ulong IteratorInfo;
    [FieldOffset(24)] public uint IteratorInfoLength;

    [FieldOffset(16)] public uint KProbeFlags;
    [FieldOffset(20)] public uint KProbeCount;
    [FieldOffset(24)] public ulong KProbeNames;
    [FieldOffset(32)] public ulong KProbeAddresses;
    [FieldOffset(40)] public ulong KProbeCookies;

    [FieldOffset(16)] public ulong UProbePath;
    [FieldOffset(24)] public ulong UProbeOffsets;
    [FieldOffset(32)] public ulong UProbeCounterOffsets;
    [FieldOffset(40)] public ulong UProbeCookies;
    [FieldOffset(48)] public uint UProbeCount;
    [FieldOffset(52)] public uint UProbeFlags;
    [FieldOffset(56)] public uint UProbeProcessId;
}
