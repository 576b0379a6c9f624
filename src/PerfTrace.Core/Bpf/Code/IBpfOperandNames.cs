namespace PerfTrace.Bpf;

/// <summary>Who knows what the numbers in instructions stand for.</summary>
internal interface IBpfOperandNames
{
    /// <summary>What a call calls, without number (helper, function of the kernel) or with its distance (subprogram); null: not known.</summary>
    string? Call(BpfInstruction instruction);

    /// <summary>What the 64 bits of a wide load are; null: a number.</summary>
    string? Wide(BpfInstruction instruction, BpfInstruction rest);
}
