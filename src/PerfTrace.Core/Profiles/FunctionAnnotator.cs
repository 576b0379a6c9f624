using System.Globalization;
using PerfTrace.Symbols;

namespace PerfTrace.Profiles;

/// <summary>Takes functions apart into instructions, each with its samples and its place in the source.</summary>
/// <param name="symbols">Reads the names of modules whose own store is closed.</param>
/// <param name="syntax">How instructions are written.</param>
public sealed class FunctionAnnotator(SymbolStore symbols, AssemblySyntax syntax)
{
    /// <summary>What of a function can not be shown although its code was read, as a sentence; null when nothing is.</summary>
    public string? Problem { get; private set; }

    /// <summary>The instructions of a function. Its code is read at once, and taken apart as they are asked for.</summary>
    /// <exception cref="CodeNotFoundException">Its code can not be had.</exception>
    /// <exception cref="ElfException">The file that has it is damaged.</exception>
    /// <exception cref="Interop.KernelException">The file that has it can no longer be opened.</exception>
    public IEnumerable<PerfAnnotationLine> Annotate(PerfAnnotatedFunction function)
    {
        CodeSymbols names = function.Code.SymbolsFrom(symbols);
        FunctionCode code = names.ReadCode(function.Function);
        var disassembler = new Disassembler(code.Machine, syntax, address => NameOf(names, address));
        Problem = disassembler.KnowsMachine ? null : $"{function.Module} is for a machine ({code.Machine}) whose instructions can not be told here: their bytes are shown alone.";
        return Annotate(function, names, code, disassembler);
    }

    private static IEnumerable<PerfAnnotationLine> Annotate(PerfAnnotatedFunction function, CodeSymbols names, FunctionCode code, Disassembler disassembler)
    {
        ulong start = function.Function.Start;
        // A sample may be inside of what is taken for an instruction here: it counts for that.
        (ulong Offset, long Samples, long Period)[] sums = [.. function.Places.Select(p => (p.Key - start, p.Value.Samples, p.Value.Period)).OrderBy(static s => s.Item1)];
        int next = 0;
        foreach (MachineInstruction instruction in disassembler.Disassemble(code.Bytes, code.Address))
        {
            long samples = 0, period = 0;
            for (; next < sums.Length && sums[next].Offset < (ulong)(instruction.Offset + instruction.Length); next++)
            {
                samples += sums[next].Samples;
                period += sums[next].Period;
            }
            yield return new PerfAnnotationLine(function, code.Bytes.Slice(instruction.Offset, instruction.Length))
            {
                Address = code.Address + (ulong)instruction.Offset,
                Offset = (ulong)instruction.Offset,
                Instruction = instruction.Text,
                Samples = samples,
                Period = period,
                Target = instruction.Target,
                TargetSymbol = instruction.Target is { } target ? NameOf(names, target) : null,
                Locations = names.Locate(start + (ulong)instruction.Offset),
            };
        }
    }

    private static string? NameOf(CodeSymbols names, ulong address) => names.PlaceOf(address) is { } place && names.Find(place) is { } symbol
        ? place == symbol.Start ? symbol.Name : string.Create(CultureInfo.InvariantCulture, $"{symbol.Name}+0x{place - symbol.Start:x}")
        : null;
}
