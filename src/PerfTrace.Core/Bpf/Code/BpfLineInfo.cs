namespace PerfTrace.Bpf;

/// <summary>struct bpf_line_info of <c>include/uapi/linux/bpf.h</c>: from where on instructions are of a source line. Names are offsets in the strings of the type information.</summary>
/// <param name="Instruction">The first that is of the line.</param>
/// <param name="FileName">The source file.</param>
/// <param name="Text">The line itself.</param>
/// <param name="LineColumn">The line's number in 22 bits and the column in the 10 below.</param>
internal readonly record struct BpfLineInfo(uint Instruction, uint FileName, uint Text, uint LineColumn)
{
    public const int StructureSize = 16;

    private const int ColumnBits = 10;

    public BpfLineInfo(uint instruction, uint fileName, uint text, uint line, uint column)
        : this(instruction, fileName, text, (line << ColumnBits) | (column & ((1 << ColumnBits) - 1)))
    {
    }

    public uint Line => LineColumn >> ColumnBits;

    public uint Column => LineColumn & ((1 << ColumnBits) - 1);
}
