using System.Runtime.InteropServices;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>struct bpf_prog_info of <c>include/uapi/linux/bpf.h</c> through <c>attach_btf_id</c> (Linux 6.0). An older kernel fills less and leaves zeros.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8, Size = StructureSize)]
internal struct BpfProgramDetails
{
    public const int StructureSize = BpfProgramInfo.StructureSize + 24;

    public BpfProgramInfo Info;
    public ulong RecursionMisses;
    public uint VerifiedInstructions;
    public uint AttachBtfObjectId;
    public uint AttachBtfId;
}
