using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>A function of a loaded BPF program that tracing programs can be attached to.</summary>
/// <param name="ProgramId">The program.</param>
/// <param name="Function">The function in the program's type information.</param>
internal sealed record BpfProgramFunction(uint ProgramId, BtfType Function)
{
    public string Name => Function.Name;

    /// <summary>
    /// Those of all programs, or of one: their first functions and the others. bpf_check_attach_target() of kernel/bpf/verifier.c wants type information and machine code, and no tracing of tracing.
    /// </summary>
    /// <param name="programId">The program; null: all.</param>
    /// <exception cref="KernelException">EPERM: it takes CAP_SYS_ADMIN.</exception>
    public static IEnumerable<BpfProgramFunction> List(ulong? programId)
    {
        IEnumerable<BpfProgram> programs = programId is { } id ? id <= uint.MaxValue && BpfProgram.Read((uint)id) is { } one ? [one] : [] : BpfProgram.ReadAll();
        foreach (BpfProgram program in programs)
        {
            if (program is not { BtfId: not 0, IsJited: true, Type: not (BpfProgramType.Tracing or BpfProgramType.Extension) } || BtfTypes.TryFromId(program.BtfId) is not { } types)
                continue;
            BpfFunctionInfo[] functions;
            try
            {
                using FileDescriptor descriptor = program.Open();
                functions = BpfProgramCode.Read(descriptor).Functions;
            }
            catch (BpfObjectGoneException)
            {
                continue;
            }
            foreach (BpfFunctionInfo function in functions)
            {
                if (types.TryGet(function.TypeId) is { Kind: BtfKind.Function } found)
                    yield return new BpfProgramFunction(program.Id, found);
            }
        }
    }
}
