namespace PerfTrace.Bpf;

/// <summary>Which of the two registers in an instruction mean something.</summary>
internal static class BpfOperands
{
    public static (bool Destination, bool Source) Of(BpfInstruction instruction) => instruction.Class switch
    {
        BpfInstruction.Arithmetic32 or BpfInstruction.Arithmetic64 => (true, instruction.HasRegisterSource
            && instruction.Operation is not (BpfInstruction.ByteOrderOperation or BpfInstruction.NegateOperation)),
        BpfInstruction.LoadMemory or BpfInstruction.StoreRegister => (true, true),
        BpfInstruction.StoreImmediate => (instruction.Mode == BpfInstruction.MemoryMode, false),
        BpfInstruction.LoadWide => (instruction.IsWide, instruction.Mode == BpfInstruction.IndirectMode),
        _ => instruction.Operation switch
        {
            BpfInstruction.AlwaysOperation => (instruction.HasRegisterSource, false),
            BpfInstruction.CallOperation or BpfInstruction.ExitOperation or BpfInstruction.MayGotoOperation => (false, false),
            _ => (true, instruction.HasRegisterSource),
        },
    };
}
