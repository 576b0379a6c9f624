namespace PerfTrace.Bpf;

/// <summary>An instruction of the machine code that the kernel has made of a program.</summary>
public sealed class BpfJitedInstruction
{
    internal BpfJitedInstruction()
    {
    }

    /// <summary>The program's id.</summary>
    public uint ProgramId { get; internal init; }

    /// <summary>The function, by its name in the kernel's symbols: <c>bpf_prog_TAG_name</c>.</summary>
    public string Function { get; internal init; } = "";

    /// <summary>Bytes from the function's beginning.</summary>
    public int Offset { get; internal init; }

    /// <summary>Where it is in memory; 0 where the kernel hides addresses.</summary>
    public ulong Address { get; internal init; }

    /// <summary>Its bytes.</summary>
    public byte[] Bytes { get; internal init; } = [];

    /// <summary>As objdump writes it; null for a machine whose instructions are not known here.</summary>
    public string? Text { get; internal init; }

    /// <summary>The address that it jumps to or calls; null: it does neither.</summary>
    public ulong? Target { get; internal init; }

    /// <summary>The name of that address, with the distance from its beginning; null where it has none.</summary>
    public string? TargetName { get; internal init; }

    /// <summary>The source line that it was made from; null without line information.</summary>
    public string? SourceLine { get; internal init; }

    /// <summary>The file of that line.</summary>
    public string? SourceFile { get; internal init; }

    /// <summary>The number of that line.</summary>
    public int? SourceLineNumber { get; internal init; }

    public override string ToString() => $"{Function}+0x{Offset:x}: {Text}";
}
