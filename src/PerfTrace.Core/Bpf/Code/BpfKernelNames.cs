using System.Globalization;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>What the numbers in a loaded program stand for: ids of maps, distances of helpers from <c>__bpf_call_base</c>, the program's own functions.</summary>
internal sealed class BpfKernelNames : IBpfOperandNames
{
    private readonly BpfProgramCode _code;
    private readonly KernelSymbolTable _symbols;
    private readonly ulong _callBase;

    public BpfKernelNames(BpfProgramCode code, KernelSymbolTable symbols)
    {
        _code = code;
        _symbols = symbols;
        _callBase = symbols.AddressOf("__bpf_call_base") ?? 0;
    }

    public string? Call(BpfInstruction instruction)
    {
        if ((int)instruction.Source != BpfInstruction.SubprogramCall)
            return Helper(instruction) ?? Hexadecimal(_callBase + (ulong)instruction.Immediate);
        // The verifier has put the function's number into the immediate and left the distance in the offset.
        string distance = instruction.Offset.ToString("+0;-0;+0", CultureInfo.InvariantCulture);
        return _code.JitedFunctionCount == 0 ? distance : $"{distance}#{Subprogram(instruction) ?? Hexadecimal(AddressOf(instruction))}";
    }

    public string? Wide(BpfInstruction instruction, BpfInstruction rest) => (BpfWideSource)instruction.Source switch
    {
        BpfWideSource.Map => $"map[id:{(uint)instruction.Immediate}]",
        BpfWideSource.MapValue => $"map[id:{(uint)instruction.Immediate}][0]+{(uint)rest.Immediate}",
        BpfWideSource.MapIndexValue => $"map[idx:{(uint)instruction.Immediate}]+{(uint)rest.Immediate}",
        BpfWideSource.Function => $"subprog[{instruction.Immediate.ToString("+0;-0;+0", CultureInfo.InvariantCulture)}]",
        _ => null,
    };

    /// <summary>The function of the kernel that is called; null where it is not known.</summary>
    public string? Helper(BpfInstruction instruction) => NameAt(_callBase + (ulong)instruction.Immediate);

    /// <summary>The function of the program that is called, by its symbol; null where it is not known.</summary>
    public string? Subprogram(BpfInstruction instruction) => NameAt(AddressOf(instruction));

    private ulong AddressOf(BpfInstruction instruction) => (uint)instruction.Immediate < (uint)_code.FunctionAddresses.Length
        ? _code.FunctionAddresses[instruction.Immediate]
        : _callBase + (ulong)instruction.Immediate;

    private string? NameAt(ulong address) => address != 0 && _symbols.TryFind(address, out string? name, out ulong offset, out _, out _) && offset == 0 ? name : null;

    private static string Hexadecimal(ulong number) => $"0x{number.ToString("x", CultureInfo.InvariantCulture)}";
}
