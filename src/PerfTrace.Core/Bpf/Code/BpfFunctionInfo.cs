namespace PerfTrace.Bpf;

/// <summary>struct bpf_func_info of <c>include/uapi/linux/bpf.h</c>: where a function begins and its type.</summary>
/// <param name="Instruction">The first has number 0.</param>
/// <param name="TypeId">A function in the program's type information.</param>
internal readonly record struct BpfFunctionInfo(uint Instruction, uint TypeId)
{
    public const int StructureSize = 8;
}
