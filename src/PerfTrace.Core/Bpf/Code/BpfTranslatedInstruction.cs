namespace PerfTrace.Bpf;

/// <summary>An instruction of a loaded program, as the verifier has left it.</summary>
public sealed class BpfTranslatedInstruction
{
    internal BpfTranslatedInstruction()
    {
    }

    /// <summary>The program's id.</summary>
    public uint ProgramId { get; internal init; }

    /// <summary>Its place, from 0. A wide load takes two.</summary>
    public int Index { get; internal init; }

    /// <summary>8 bytes, 16 for a wide load.</summary>
    public byte[] Bytes { get; internal init; } = [];

    /// <summary>The first of the bytes: what is to be done.</summary>
    public byte Opcode { get; internal init; }

    /// <summary>The short name that assemblers use; empty for an instruction that is not known.</summary>
    public string Mnemonic { get; internal init; } = "";

    /// <summary>The instruction as bpftool and the verifier write it: <c>(b7) r0 = 0</c>.</summary>
    public string Text { get; internal init; } = "";

    /// <summary>The register that it changes, compares or takes an address from; null where it has none.</summary>
    public BpfRegister? Destination { get; internal init; }

    /// <summary>The register that it reads besides; null where it has none.</summary>
    public BpfRegister? Source { get; internal init; }

    /// <summary>In bytes for memory, in instructions for a jump.</summary>
    public short Offset { get; internal init; }

    /// <summary>The number in it: of 64 bits for a wide load, otherwise of 32 with their sign.</summary>
    public long Immediate { get; internal init; }

    /// <summary>The index of the instruction that it jumps to or calls; null: it does neither.</summary>
    public int? Target { get; internal init; }

    /// <summary>The function of the kernel that it calls; null where it calls none or addresses are hidden.</summary>
    public string? Helper { get; internal init; }

    /// <summary>The function of the program that it calls or takes the address of, by its name in the kernel's symbols; null where it calls none.</summary>
    public string? Subprogram { get; internal init; }

    /// <summary>The map whose address, or whose value's address, it loads.</summary>
    public uint? MapId { get; internal init; }

    /// <summary>How far in the map's value.</summary>
    public int? MapOffset { get; internal init; }

    /// <summary>The function that begins here, as C; null within one and without type information.</summary>
    public string? Signature { get; internal init; }

    /// <summary>The source line that it was made from; null without line information.</summary>
    public string? SourceLine { get; internal init; }

    /// <summary>The file of that line.</summary>
    public string? SourceFile { get; internal init; }

    /// <summary>The number of that line.</summary>
    public int? SourceLineNumber { get; internal init; }

    /// <summary>The column in that line.</summary>
    public int? SourceColumn { get; internal init; }

    public override string ToString() => $"{Index}: {Text}";
}
