using System.Runtime.InteropServices;

namespace PerfTrace.Bpf;

/// <summary>union bpf_attr of <c>include/uapi/linux/bpf.h</c> for BPF_PROG_TEST_RUN through <c>cpu</c> (Linux 5.10).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8, Size = StructureSize)]
internal struct BpfTestRunAttributes
{
    public const int StructureSize = 72;

    public int Program;
    public uint ReturnValue;
    public uint DataSizeIn;
    public uint DataSizeOut;
    public ulong DataIn;
    public ulong DataOut;
    public uint Repeat;
    public uint Duration;
    public uint ContextSizeIn;
    public uint ContextSizeOut;
    public ulong ContextIn;
    public ulong ContextOut;
    public uint Flags;
    public uint Cpu;
}
