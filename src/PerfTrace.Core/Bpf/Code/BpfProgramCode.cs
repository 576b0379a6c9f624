using System.Runtime.InteropServices;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>The arrays that the kernel gives out of a loaded program: its instructions as the verifier left them, its machine code, its functions and lines.</summary>
internal sealed unsafe class BpfProgramCode
{
    private const int AddressSize = sizeof(ulong);

    private BpfProgramCode(in BpfProgramInfo info)
    {
        Id = info.Id;
        BtfId = info.BtfId;
        Tag = Convert.ToHexStringLower(MemoryMarshal.CreateReadOnlySpan(in info.Tag[0], BpfProgramInfo.TagSize));
        JitedFunctionCount = (int)info.JitedSymbolCount;
    }

    public uint Id { get; }

    /// <summary>0: no type information.</summary>
    public uint BtfId { get; }

    public string Tag { get; }

    /// <summary>How many functions were compiled; 0: the program is interpreted, or this user may not know.</summary>
    public int JitedFunctionCount { get; }

    /// <summary>Empty where the kernel hides them.</summary>
    public BpfInstruction[] Instructions { get; private set; } = [];

    /// <summary>Machine code of all functions, one behind the other.</summary>
    public byte[] Machine { get; private set; } = [];

    /// <summary>There is machine code, and this user may not see it.</summary>
    public bool IsMachineCodeHidden { get; private set; }

    /// <summary>Where the functions are; zero, or fewer than <see cref="JitedFunctionCount"/>, where the kernel hides addresses.</summary>
    public ulong[] FunctionAddresses { get; private set; } = [];

    /// <summary>How many bytes of <see cref="Machine"/> belong to each function.</summary>
    public uint[] FunctionLengths { get; private set; } = [];

    public BpfFunctionInfo[] Functions { get; private set; } = [];

    public BpfLineInfo[] Lines { get; private set; } = [];

    /// <summary>Where the code of each of <see cref="Lines"/> begins; empty where addresses are hidden.</summary>
    public ulong[] LineAddresses { get; private set; } = [];

    /// <exception cref="KernelException">EPERM: it takes CAP_BPF or CAP_SYS_ADMIN.</exception>
    public static BpfProgramCode Read(FileDescriptor program)
    {
        while (true)
        {
            BpfProgramInfo counts = default;
            BpfCalls.GetInfo(program, &counts, BpfProgramInfo.StructureSize, "program");
            if (TryRead(program, counts) is { } code)
                return code;
        }
    }

    // Null: machine code has come meanwhile (a program is visible before it is compiled).
    private static BpfProgramCode? TryRead(FileDescriptor program, in BpfProgramInfo counts)
    {
        var code = new BpfProgramCode(counts)
        {
            Instructions = new BpfInstruction[counts.TranslatedLength / BpfInstruction.StructureSize],
            Machine = new byte[counts.JitedLength],
            FunctionAddresses = new ulong[counts.JitedSymbolCount],
            FunctionLengths = new uint[counts.JitedFunctionLengthCount],
            LineAddresses = new ulong[counts.JitedLineInfoCount],
        };
        byte[] functions = new byte[counts.FunctionInfoCount * counts.FunctionInfoSize], lines = new byte[counts.LineInfoCount * counts.LineInfoSize];
        BpfProgramInfo info = default;
        fixed (BpfInstruction* instructionPlace = code.Instructions)
        fixed (byte* machinePlace = code.Machine)
        fixed (ulong* addressPlace = code.FunctionAddresses)
        fixed (uint* lengthPlace = code.FunctionLengths)
        fixed (ulong* linePlace = code.LineAddresses)
        fixed (byte* functionPlace = functions)
        fixed (byte* sourcePlace = lines)
        {
            info.TranslatedLength = counts.TranslatedLength;
            info.TranslatedInstructions = (ulong)instructionPlace;
            info.JitedLength = counts.JitedLength;
            info.JitedInstructions = (ulong)machinePlace;
            info.JitedSymbolCount = counts.JitedSymbolCount;
            info.JitedSymbols = (ulong)addressPlace;
            info.JitedFunctionLengthCount = counts.JitedFunctionLengthCount;
            info.JitedFunctionLengths = (ulong)lengthPlace;
            info.FunctionInfoCount = counts.FunctionInfoCount;
            info.FunctionInfoSize = counts.FunctionInfoSize;
            info.FunctionInfo = (ulong)functionPlace;
            info.LineInfoCount = counts.LineInfoCount;
            info.LineInfoSize = counts.LineInfoSize;
            info.LineInfo = (ulong)sourcePlace;
            info.JitedLineInfoCount = counts.JitedLineInfoCount;
            info.JitedLineInfoSize = AddressSize;
            info.JitedLineInfo = (ulong)linePlace;
            BpfCalls.GetInfo(program, &info, BpfProgramInfo.StructureSize, "program");
        }
        if (info.JitedLength != counts.JitedLength || info.JitedSymbolCount != counts.JitedSymbolCount || info.TranslatedLength != counts.TranslatedLength)
            return null;
        // The kernel sets a pointer to zero where it gives nothing (bpf_prog_get_info_by_fd() in kernel/bpf/syscall.c).
        if (info.TranslatedInstructions == 0)
            code.Instructions = [];
        if (info.JitedInstructions == 0)
            (code.Machine, code.IsMachineCodeHidden) = ([], counts.JitedLength > 0);
        if (info.JitedSymbols == 0)
            code.FunctionAddresses = [];
        if (info.JitedFunctionLengths == 0)
            code.FunctionLengths = [];
        if (info.JitedLineInfo == 0)
            code.LineAddresses = [];
        code.Functions = Records<BpfFunctionInfo>(functions, (int)counts.FunctionInfoSize, BpfFunctionInfo.StructureSize);
        code.Lines = Records<BpfLineInfo>(lines, (int)counts.LineInfoSize, BpfLineInfo.StructureSize);
        return code;
    }

    // A kernel of the future may have longer records.
    private static T[] Records<T>(byte[] data, int recordSize, int knownSize)
        where T : unmanaged
    {
        if (recordSize < knownSize)
            return [];
        var records = new T[data.Length / recordSize];
        for (int i = 0; i < records.Length; i++)
            records[i] = MemoryMarshal.Read<T>(data.AsSpan(i * recordSize));
        return records;
    }
}
