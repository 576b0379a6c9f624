using System.Runtime.InteropServices;

namespace PerfTrace.Bpf;

/// <summary>
/// struct bpf_link_info of <c>include/uapi/linux/bpf.h</c> (Linux 6.18): what BPF_OBJ_GET_INFO_BY_FD tells of a link. The parts of the union overlap; their prefix
/// says which link type they belong to. An older kernel fills less and leaves zeros.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = StructureSize)]
internal struct BpfLinkInfo
{
    public const int StructureSize = 64;

    [FieldOffset(0)] public uint Type;
    [FieldOffset(4)] public uint Id;
    [FieldOffset(8)] public uint ProgramId;

    [FieldOffset(16)] public ulong RawTracepointName;
    [FieldOffset(24)] public uint RawTracepointNameLength;
    [FieldOffset(32)] public ulong RawTracepointCookie;

    [FieldOffset(16)] public uint TracingAttachType;
    [FieldOffset(20)] public uint TracingTargetObjectId;
    [FieldOffset(24)] public uint TracingTargetBtfId;
    [FieldOffset(32)] public ulong TracingCookie;

    [FieldOffset(16)] public ulong CGroupId;
    [FieldOffset(24)] public uint CGroupAttachType;

    [FieldOffset(16)] public ulong IteratorName;
    [FieldOffset(24)] public uint IteratorNameLength;
    [FieldOffset(28)] public uint IteratorMapId;
    [FieldOffset(32)] public ulong IteratorCGroupId;
    [FieldOffset(32)] public uint IteratorThreadId;
    [FieldOffset(36)] public uint IteratorProcessId;

    [FieldOffset(16)] public uint NetNamespaceInode;
    [FieldOffset(20)] public uint NetNamespaceAttachType;

    // XDP, and with an attach type TCX and netkit.
    [FieldOffset(16)] public uint InterfaceIndex;
    [FieldOffset(20)] public uint InterfaceAttachType;

    // struct_ops, and with an attach type sockmap.
    [FieldOffset(16)] public uint MapId;
    [FieldOffset(20)] public uint MapAttachType;

    [FieldOffset(16)] public uint NetFilterFamily;
    [FieldOffset(20)] public uint NetFilterHook;
    [FieldOffset(24)] public int NetFilterPriority;

    [FieldOffset(16)] public ulong KProbeAddresses;
    [FieldOffset(24)] public uint KProbeCount;
    [FieldOffset(28)] public uint KProbeFlags;
    [FieldOffset(32)] public ulong KProbeMissed;
    [FieldOffset(40)] public ulong KProbeCookies;

    [FieldOffset(16)] public ulong UProbePath;
    [FieldOffset(24)] public ulong UProbeOffsets;
    [FieldOffset(32)] public ulong UProbeCounterOffsets;
    [FieldOffset(40)] public ulong UProbeCookies;
    [FieldOffset(48)] public uint UProbePathLength;
    [FieldOffset(52)] public uint UProbeCount;
    [FieldOffset(56)] public uint UProbeFlags;
    [FieldOffset(60)] public uint UProbeProcessId;

    [FieldOffset(16)] public uint PerfEventType;
    [FieldOffset(24)] public ulong PerfEventName;
    [FieldOffset(32)] public uint PerfEventNameLength;
    [FieldOffset(36)] public uint PerfEventOffset;
    [FieldOffset(40)] public ulong PerfEventCookie;
    [FieldOffset(40)] public ulong PerfEventKProbeAddress;
    [FieldOffset(48)] public ulong PerfEventCounterOffset;
    [FieldOffset(48)] public ulong PerfEventKProbeMissed;
    [FieldOffset(56)] public ulong PerfEventKProbeCookie;
    [FieldOffset(24)] public ulong PerfEventConfiguration;
    [FieldOffset(32)] public uint PerfEventEventType;
}
