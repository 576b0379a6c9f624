using System.Runtime.InteropServices;

namespace PerfTrace.Kernel;

/// <summary>
/// struct bpf_prog_info of <c>include/uapi/linux/bpf.h</c> through <c>run_cnt</c> (Linux 5.1): what BPF_OBJ_GET_INFO_BY_FD tells of a program. A kernel that knows
/// more fills this much. Pointers are asked for with a count that is not zero.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 8, Size = StructureSize)]
internal unsafe struct BpfProgramInfo
{
    public const int StructureSize = 208, TagSize = 8, NameSize = 16;

    public uint Type;
    public uint Id;
    public fixed byte Tag[TagSize];
    public uint JitedLength;
    public uint TranslatedLength;
    public ulong JitedInstructions;
    public ulong TranslatedInstructions;
    public ulong LoadTime;
    public uint CreatedBy;
    public uint MapIdCount;
    public ulong MapIds;
    public fixed byte Name[NameSize];
    public uint InterfaceIndex;
    public uint IsGplCompatible;
    public ulong NetworkNamespaceDevice;
    public ulong NetworkNamespaceInode;
    public uint JitedSymbolCount;
    public uint JitedFunctionLengthCount;
    public ulong JitedSymbols;
    public ulong JitedFunctionLengths;
    public uint BtfId;
    public uint FunctionInfoSize;
    public ulong FunctionInfo;
    public uint FunctionInfoCount;
    public uint LineInfoCount;
    public ulong LineInfo;
    public ulong JitedLineInfo;
    public uint JitedLineInfoCount;
    public uint LineInfoSize;
    public uint JitedLineInfoSize;
    public uint TagCount;
    public ulong Tags;
    public ulong RunTime;
    public ulong RunCount;
}
