using System.Globalization;
using System.Runtime.InteropServices;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Symbols;

namespace PerfTrace.Bpf;

/// <summary>The machine code of a loaded program, function by function.</summary>
public sealed class BpfJitedListing
{
    private readonly BpfProgramCode _code;
    private readonly BtfTypes? _types;
    private readonly KernelSymbolTable _symbols;
    private readonly Disassembler _disassembler;

    private BpfJitedListing(BpfProgramCode code, KernelSymbolTable symbols, AssemblySyntax syntax)
    {
        _code = code;
        _types = BpfListing.TypesOf(code);
        _symbols = symbols;
        _disassembler = new Disassembler(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? ElfMachine.Arm64 : ElfMachine.X86_64, syntax, NameOf);
    }

    /// <summary>Reads a program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="symbols">The kernel's.</param>
    /// <param name="syntax">How instructions are written.</param>
    /// <exception cref="KernelException">EPERM; it is there no more.</exception>
    /// <exception cref="BpfNotJitedException">The program is interpreted.</exception>
    /// <exception cref="BpfCodeHiddenException">The kernel does not give the code out.</exception>
    public static BpfJitedListing Read(BpfProgram program, KernelSymbolTable symbols, AssemblySyntax syntax)
    {
        using FileDescriptor descriptor = program.Open();
        return Read(descriptor, symbols, syntax);
    }

    /// <summary>Reads a program by a descriptor of it.</summary>
    /// <exception cref="KernelException">EPERM.</exception>
    /// <exception cref="BpfNotJitedException">The program is interpreted.</exception>
    /// <exception cref="BpfCodeHiddenException">The kernel does not give the code out.</exception>
    internal static BpfJitedListing Read(FileDescriptor program, KernelSymbolTable symbols, AssemblySyntax syntax)
    {
        BpfProgramCode code = BpfProgramCode.Read(program);
        if (code.Machine.Length == 0)
            throw code.IsMachineCodeHidden ? new BpfCodeHiddenException(code.Id, "machine code") : new BpfNotJitedException(code.Id);
        return new BpfJitedListing(code, symbols, syntax);
    }

    /// <summary>The instructions of all functions.</summary>
    public IEnumerable<BpfJitedInstruction> Instructions()
    {
        int start = 0;
        for (int i = 0; start < _code.Machine.Length; i++)
        {
            // One function, with all that there is, where the kernel tells of none.
            int length = i < _code.FunctionLengths.Length ? (int)_code.FunctionLengths[i] : _code.Machine.Length - start;
            length = Math.Min(length, _code.Machine.Length - start);
            ulong address = i < _code.FunctionAddresses.Length ? _code.FunctionAddresses[i] : 0;
            foreach (BpfJitedInstruction instruction in Function(i, start, length, address))
                yield return instruction;
            start += length;
        }
    }

    private IEnumerable<BpfJitedInstruction> Function(int number, int start, int length, ulong address)
    {
        string name = FunctionName(number, address);
        (ulong Address, BpfLineInfo Line)[] lines = LinesOf(address, length);
        int next = 0;
        foreach (MachineInstruction instruction in _disassembler.Disassemble(_code.Machine.AsMemory(start, length), address))
        {
            while (next < lines.Length && lines[next].Address <= address + (ulong)instruction.Offset)
                next++;
            BpfLineInfo? line = next == 0 ? null : lines[next - 1].Line;
            yield return new BpfJitedInstruction
            {
                ProgramId = _code.Id,
                Function = name,
                Offset = instruction.Offset,
                Address = address == 0 ? 0 : address + (ulong)instruction.Offset,
                Bytes = _code.Machine.AsSpan(start + instruction.Offset, instruction.Length).ToArray(),
                Text = instruction.Text,
                Target = instruction.Target,
                TargetName = instruction.Target is { } target ? NameOf(target) : null,
                SourceLine = line is { } l ? _types!.Text(l.Text, 0).Trim() : null,
                SourceFile = line is { } f ? _types!.Text(f.FileName, 0) : null,
                SourceLineNumber = line is { } n ? (int)n.Line : null,
            };
        }
    }

    // Lines whose code is in the function, by address. Without type information their texts are nowhere.
    private (ulong Address, BpfLineInfo Line)[] LinesOf(ulong address, int length)
    {
        if (_types is null || address == 0)
            return [];
        int count = Math.Min(_code.LineAddresses.Length, _code.Lines.Length);
        return [.. Enumerable.Range(0, count).Select(i => (Address: _code.LineAddresses[i], Line: _code.Lines[i]))
            .Where(l => l.Address >= address && l.Address < address + (ulong)length).OrderBy(static l => l.Address)];
    }

    // Before the kernel lists it (and where addresses are hidden) the name is made as the kernel makes it: bpf_get_prog_name() in kernel/bpf/core.c.
    private string FunctionName(int number, ulong address)
    {
        if (address != 0 && _symbols.TryFind(address, out string? name, out ulong offset, out _, out _) && offset == 0)
            return name;
        return number < _code.Functions.Length && _types?[_code.Functions[number].TypeId] is { } function ? function.Name : $"bpf_prog_{_code.Tag}{(number > 0 ? "_F" : "")}";
    }

    private string? NameOf(ulong address)
    {
        if (!_symbols.TryFind(address, out string? name, out ulong offset, out _, out _))
            return null;
        return offset == 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}+0x{offset:x}");
    }
}
