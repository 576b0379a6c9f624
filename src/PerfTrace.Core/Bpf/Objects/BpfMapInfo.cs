using System.Runtime.InteropServices;

namespace PerfTrace.Bpf;

/// <summary>
/// struct bpf_map_info of <c>include/uapi/linux/bpf.h</c> through <c>map_extra</c> (Linux 5.16): what BPF_OBJ_GET_INFO_BY_FD tells of a map. An older kernel fills
/// less and leaves zeros.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 8, Size = StructureSize)]
internal unsafe struct BpfMapInfo
{
    public const int StructureSize = 88, NameSize = 16;

    public uint Type;
    public uint Id;
    public uint KeySize;
    public uint ValueSize;
    public uint MaximumEntries;
    public uint Flags;
    public fixed byte Name[NameSize];
    public uint InterfaceIndex;
    public uint KernelValueTypeId;
    public ulong NetworkNamespaceDevice;
    public ulong NetworkNamespaceInode;
    public uint BtfId;
    public uint KeyTypeId;
    public uint ValueTypeId;
    public uint KernelBtfId;
    public ulong Extra;
}
