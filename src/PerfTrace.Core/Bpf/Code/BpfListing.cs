using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>A loaded program, instruction by instruction: as objects, and as the text of <c>bpftool prog dump xlated</c>.</summary>
public sealed class BpfListing
{
    private readonly BpfProgramCode _code;
    private readonly BtfTypes? _types;
    private readonly BpfKernelNames _names;

    internal BpfListing(BpfProgramCode code, BtfTypes? types, KernelSymbolTable symbols)
    {
        _code = code;
        _types = types;
        _names = new BpfKernelNames(code, symbols);
    }

    /// <summary>Reads a program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="symbols">The kernel's.</param>
    /// <exception cref="KernelException">EPERM; it is there no more.</exception>
    /// <exception cref="BpfCodeHiddenException">The kernel does not give the instructions out.</exception>
    public static BpfListing Read(BpfProgram program, KernelSymbolTable symbols)
    {
        using FileDescriptor descriptor = program.Open();
        return Read(descriptor, symbols);
    }

    /// <summary>Reads a program.</summary>
    /// <param name="program">A descriptor of it.</param>
    /// <param name="symbols">The kernel's.</param>
    /// <exception cref="KernelException">EPERM.</exception>
    /// <exception cref="BpfCodeHiddenException">The kernel does not give the instructions out.</exception>
    internal static BpfListing Read(FileDescriptor program, KernelSymbolTable symbols)
    {
        BpfProgramCode code = BpfProgramCode.Read(program);
        if (code.Instructions.Length == 0)
            throw new BpfCodeHiddenException(code.Id, "instructions");
        return new BpfListing(code, TypesOf(code), symbols);
    }

    /// <summary>The program's own type information; null: it has none.</summary>
    internal static BtfTypes? TypesOf(BpfProgramCode code) => code.BtfId == 0 ? null : BtfTypes.FromId(code.BtfId);

    /// <summary>The instructions as objects.</summary>
    public IEnumerable<BpfTranslatedInstruction> Instructions()
    {
        BpfInstruction[] instructions = _code.Instructions;
        int nextFunction = 0, line = -1;
        for (int i = 0; i < instructions.Length; i += instructions[i].IsWide ? 2 : 1)
        {
            while (line + 1 < _code.Lines.Length && _code.Lines[line + 1].Instruction <= i)
                line++;
            yield return Describe(i, line, SignatureAt(i, ref nextFunction));
        }
    }

    /// <summary>The text of bpftool.</summary>
    /// <param name="withOpcodes">The bytes below each instruction.</param>
    /// <param name="withLineNumbers">Files and numbers beside source lines.</param>
    public string ToText(bool withOpcodes = false, bool withLineNumbers = false)
    {
        var text = new StringBuilder();
        BpfInstruction[] instructions = _code.Instructions;
        int nextFunction = 0, shownLines = 0;
        for (int i = 0; i < instructions.Length; i += instructions[i].IsWide ? 2 : 1)
        {
            if (SignatureAt(i, ref nextFunction) is { } signature)
                text.Append(signature).Append(":\n");
            if (LineAt(i, shownLines) is { } line)
            {
                shownLines++;
                text.Append("; ").Append(Text(line.Text).TrimStart());
                if (withLineNumbers)
                    text.Append(CultureInfo.InvariantCulture, $" [file:{Text(line.FileName)} line_num:{line.Line} line_col:{line.Column}]");
                text.Append('\n');
            }
            text.Append(CultureInfo.InvariantCulture, $"{i,4}: ").Append(BpfDisassembler.Write(instructions[i], Rest(i), _names)).Append('\n');
            if (withOpcodes)
                text.Append("       ").AppendJoin(' ', BytesAt(i).Select(static b => b.ToString("x2", CultureInfo.InvariantCulture))).Append('\n');
        }
        return text.ToString();
    }

    private BpfTranslatedInstruction Describe(int i, int line, string? signature)
    {
        BpfInstruction instruction = _code.Instructions[i], rest = Rest(i);
        bool isCall = instruction is { Class: BpfInstruction.Jump, Operation: BpfInstruction.CallOperation };
        bool isSubprogram = isCall && (int)instruction.Source == BpfInstruction.SubprogramCall;
        BpfWideSource? wide = instruction.IsWide ? (BpfWideSource)instruction.Source : null;
        (bool hasDestination, bool hasSource) = BpfOperands.Of(instruction);
        return new BpfTranslatedInstruction
        {
            ProgramId = _code.Id,
            Index = i,
            Bytes = BytesAt(i),
            Opcode = instruction.Opcode,
            Mnemonic = BpfMnemonics.Of(instruction),
            Text = BpfDisassembler.Write(instruction, rest, _names),
            Destination = hasDestination ? instruction.Destination : null,
            Source = hasSource ? instruction.Source : null,
            Offset = instruction.Offset,
            Immediate = wide is null ? instruction.Immediate : (long)BpfDisassembler.WideNumber(instruction, rest),
            Target = isSubprogram ? i + 1 + instruction.Offset
                : wide == BpfWideSource.Function ? i + 1 + instruction.Immediate
                : BpfDisassembler.Distance(instruction) is { } distance ? i + 1 + distance : null,
            Helper = isCall && !isSubprogram ? _names.Helper(instruction) : null,
            Subprogram = isSubprogram ? _names.Subprogram(instruction) : null,
            MapId = wide is BpfWideSource.Map or BpfWideSource.MapValue ? (uint)instruction.Immediate : null,
            MapOffset = wide == BpfWideSource.MapValue ? rest.Immediate : null,
            Signature = signature,
            SourceLine = line < 0 ? null : Text(_code.Lines[line].Text).Trim(),
            SourceFile = line < 0 ? null : Text(_code.Lines[line].FileName),
            SourceLineNumber = line < 0 ? null : (int)_code.Lines[line].Line,
            SourceColumn = line < 0 ? null : (int)_code.Lines[line].Column,
        };
    }

    private BpfInstruction Rest(int i) => i + 1 < _code.Instructions.Length ? _code.Instructions[i + 1] : default;

    private byte[] BytesAt(int i)
    {
        int count = _code.Instructions[i].IsWide && i + 1 < _code.Instructions.Length ? 2 : 1;
        return MemoryMarshal.AsBytes(_code.Instructions.AsSpan(i, count)).ToArray();
    }

    private string? SignatureAt(int i, ref int next)
    {
        if (_types is null || next >= _code.Functions.Length || _code.Functions[next].Instruction != i)
            return null;
        return BpfSignature.Of(_types[_code.Functions[next++].TypeId]);
    }

    // As bpf_prog_linfo__lfind() of libbpf does with the count of lines that were shown: where several lines begin at one instruction, the last of them may be shown again
    // at the next.
    private BpfLineInfo? LineAt(int i, int shown)
    {
        BpfLineInfo[] lines = _code.Lines;
        if (_types is null || shown >= lines.Length || i < lines[shown].Instruction)
            return null;
        int at = shown;
        while (at + 1 < lines.Length && i >= lines[at + 1].Instruction)
            at++;
        return lines[at];
    }

    private string Text(uint offset) => _types!.Text(offset, 0);
}
