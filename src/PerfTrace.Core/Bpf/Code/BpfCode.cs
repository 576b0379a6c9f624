using PerfTrace.Interop;

namespace PerfTrace.Bpf;

/// <summary>What an assembler made: instructions with all distances known, ready to be loaded.</summary>
/// <param name="Instructions">Two for each wide load.</param>
/// <param name="Functions">Where functions begin; empty without type information.</param>
/// <param name="Lines">Source lines; empty without.</param>
/// <param name="Descriptors">The maps and types that instructions name by number: they must stay open until the program is loaded.</param>
internal sealed record BpfCode(BpfInstruction[] Instructions, BpfFunctionInfo[] Functions, BpfLineInfo[] Lines, IReadOnlyList<FileDescriptor> Descriptors)
{
    public BpfCode(params BpfInstruction[] instructions)
        : this(instructions, [], [], [])
    {
    }
}
