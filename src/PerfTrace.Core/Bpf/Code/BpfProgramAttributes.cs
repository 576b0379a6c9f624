using System.Runtime.InteropServices;

namespace PerfTrace.Bpf;

/// <summary>
/// union bpf_attr of <c>include/uapi/linux/bpf.h</c> for BPF_PROG_LOAD through <c>log_true_size</c> (Linux 6.4). An older kernel takes it as long as what it does not know is zero.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 8, Size = StructureSize)]
internal unsafe struct BpfProgramAttributes
{
    public const int StructureSize = 144, NameSize = 16;

    public BpfProgramType Type;
    public uint InstructionCount;
    public ulong Instructions;
    public ulong License;
    public uint LogLevel;
    public uint LogSize;
    public ulong Log;
    public uint KernelVersion;
    public uint Flags;
    public fixed byte Name[NameSize];
    public uint InterfaceIndex;
    public BpfAttachType ExpectedAttachType;
    public int TypesDescriptor;
    public uint FunctionInfoSize;
    public ulong FunctionInfo;
    public uint FunctionInfoCount;
    public uint LineInfoSize;
    public ulong LineInfo;
    public uint LineInfoCount;
    public uint AttachTypeId;

    /// <summary>attach_prog_fd, or attach_btf_obj_fd.</summary>
    public int AttachDescriptor;
    public uint RelocationCount;
    public ulong Descriptors;
    public ulong Relocations;
    public uint RelocationSize;

    /// <summary>Filled by the kernel: how large the log is (Linux 6.4).</summary>
    public uint LogTrueSize;
}
