using System.Globalization;
using Iced.Intel;

namespace PerfTrace.Symbols;

/// <summary>
/// Takes code apart into instructions, written as objdump writes them: those of x86 by Iced, of other machines the bytes alone. One thread at a time.
/// </summary>
internal sealed class Disassembler
{
    // Behind the mnemonic, as objdump has it.
    private const int OperandColumn = 7;

    private readonly ElfMachine _machine;
    private readonly Formatter? _formatter;
    private readonly Func<ulong, string?> _nameOf;
    private readonly StringOutput _output = new();

    /// <param name="machine">What the code is for.</param>
    /// <param name="syntax">How instructions are written.</param>
    /// <param name="nameOf">The name of an address, with its offset; null without.</param>
    public Disassembler(ElfMachine machine, AssemblySyntax syntax, Func<ulong, string?> nameOf)
    {
        _machine = machine;
        _nameOf = nameOf;
        if (machine is not (ElfMachine.X86 or ElfMachine.X86_64))
            return;
        var names = new BranchNames(nameOf);
        _formatter = syntax == AssemblySyntax.Intel ? new IntelFormatter(names) : new GasFormatter(names);
        FormatterOptions options = _formatter.Options;
        options.FirstOperandCharIndex = OperandColumn;
        options.HexPrefix = "0x";
        options.HexSuffix = null;
        options.UppercaseHex = false;
        options.UppercaseKeywords = syntax == AssemblySyntax.Intel;
        options.SmallHexNumbersInDecimal = false;
        options.AddLeadingZeroToHexNumbers = false;
        options.BranchLeadingZeros = false;
        options.DisplacementLeadingZeros = false;
        options.SignedImmediateOperands = false;
        options.RipRelativeAddresses = true;
        options.ShowBranchSize = false;
        options.MemorySizeOptions = syntax == AssemblySyntax.Intel ? MemorySizeOptions.Always : MemorySizeOptions.Default;
        options.ShowUselessPrefixes = true;
        options.SpaceAfterOperandSeparator = false;
    }

    /// <summary>Texts of instructions are known.</summary>
    public bool KnowsMachine => _formatter is not null;

    /// <summary>The instructions of code that is loaded to an address.</summary>
    public IEnumerable<MachineInstruction> Disassemble(ReadOnlyMemory<byte> code, ulong address) => _formatter is null ? Split(code) : Decode(_formatter, code, address);

    private IEnumerable<MachineInstruction> Decode(Formatter formatter, ReadOnlyMemory<byte> code, ulong address)
    {
        var reader = new Reader(code);
        Decoder decoder = Decoder.Create(_machine == ElfMachine.X86 ? 32 : 64, reader, address);
        while (reader.Position < code.Length)
        {
            int at = reader.Position;
            decoder.IP = address + (ulong)at;
            decoder.Decode(out Instruction instruction);
            if (instruction.IsInvalid)
            {
                // What is none may be data, or a prefix too many: the next byte may begin one.
                reader.Position = at + 1;
                yield return new MachineInstruction(at, 1, "(bad)", null);
                continue;
            }
            yield return new MachineInstruction(at, instruction.Length, Write(formatter, instruction), TargetOf(instruction));
        }
    }

    // What is encoded is shown, as objdump has it: 0x0(%rax), (%rax,%rax,1), %es:(%rdi).
    private string Write(Formatter formatter, in Instruction instruction)
    {
        formatter.Options.AlwaysShowScale = instruction.MemoryIndex != Register.None;
        formatter.Options.ShowZeroDisplacements = instruction.MemoryDisplSize != 0;
        formatter.Options.AlwaysShowSegmentRegister = instruction.IsStringInstruction;
        formatter.Format(instruction, _output);
        string text = _output.ToStringAndReset();
        // Of these no other size is to be confused with: callq, jmpq, pushq and popq are without the letter.
        if (instruction.FlowControl is FlowControl.IndirectBranch or FlowControl.IndirectCall || instruction.Mnemonic is Mnemonic.Push or Mnemonic.Pop)
            text = text.Replace("q ", "  ", StringComparison.Ordinal);
        return instruction.IsIPRelativeMemoryOperand ? $"{text}        # {Describe(instruction.IPRelativeMemoryAddress, _nameOf)}" : text;
    }

    // Of a machine that is not known, as much as can be told without knowing its instructions: how long they are.
    private IEnumerable<MachineInstruction> Split(ReadOnlyMemory<byte> code)
    {
        const int Word = 4;
        for (int at = 0; at < code.Length;)
        {
            // A 16-bit instruction of RISC-V has other than 11 in its lowest bits.
            int length = Math.Min(_machine == ElfMachine.RiscV && (code.Span[at] & 3) != 3 ? Word / 2 : Word, code.Length - at);
            yield return new MachineInstruction(at, length, null, null);
            at += length;
        }
    }

    private static ulong? TargetOf(in Instruction instruction) =>
        instruction.Op0Kind is OpKind.NearBranch16 or OpKind.NearBranch32 or OpKind.NearBranch64 ? instruction.NearBranchTarget
        : instruction.IsIPRelativeMemoryOperand ? instruction.IPRelativeMemoryAddress
        : null;

    // As objdump has it: "1040 <puts@plt>".
    private static string Describe(ulong address, Func<ulong, string?> nameOf) =>
        nameOf(address) is { } name ? string.Create(CultureInfo.InvariantCulture, $"{address:x} <{name}>") : address.ToString("x", CultureInfo.InvariantCulture);

    /// <summary>Bytes for the decoder.</summary>
    private sealed class Reader(ReadOnlyMemory<byte> code) : CodeReader
    {
        public int Position { get; set; }

        public override int ReadByte() => Position < code.Length ? code.Span[Position++] : -1;
    }

    /// <summary>Writes the targets of jumps and calls by name.</summary>
    private sealed class BranchNames(Func<ulong, string?> nameOf) : ISymbolResolver
    {
        public bool TryGetSymbol(in Instruction instruction, int operand, int instructionOperand, ulong address, int addressSize, out SymbolResult symbol)
        {
            bool isBranch = instructionOperand == 0 && instruction.Op0Kind is OpKind.NearBranch16 or OpKind.NearBranch32 or OpKind.NearBranch64;
            symbol = isBranch ? new SymbolResult(address, Describe(address, nameOf)) : default;
            return isBranch;
        }
    }
}
