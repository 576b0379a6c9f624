using System.Globalization;
using System.Text;
using PerfTrace.Bpf;

namespace PerfTrace.BpfTrace;

/// <summary>Writes a program as it is before it is loaded: each line of the script above its instructions, maps and functions by their names.</summary>
internal sealed class ScriptListing : IBpfOperandNames
{
    private readonly Dictionary<int, string> _maps;

    private ScriptListing(ScriptMemory memory) => _maps = memory.All.Where(static m => m.IsMade).ToDictionary(static m => m.Descriptor.Number, static m => m.Name);

    public static string Of(IrProgram program, ScriptMemory memory)
    {
        var names = new ScriptListing(memory);
        BpfInstruction[] code = program.Code.Instructions;
        var text = new StringBuilder();
        int place = 0, shown = -1, function = 0;
        for (int i = 0; i < code.Length; i += code[i].IsWide ? 2 : 1)
        {
            if (function < program.Code.Functions.Length && program.Code.Functions[function].Instruction == i && function++ > 0)
                text.Append('\n');
            for (; place < program.Places.Count && program.Places[place].Instruction <= i; place++)
            {
                SourceSpan span = program.Places[place].Span;
                int line = span.Source.Position(span.Start).Line;
                if (line != shown)
                    text.Append("; ").Append(span.Source.Line(line).Trim()).Append('\n');
                shown = line;
            }
            text.Append(CultureInfo.InvariantCulture, $"{i,4}: {BpfDisassembler.Write(code[i], i + 1 < code.Length ? code[i + 1] : default, names)}").Append('\n');
        }
        text.Length--;
        return text.ToString();
    }

    public string? Call(BpfInstruction instruction) => null;

    public string? Wide(BpfInstruction instruction, BpfInstruction rest) => (BpfWideSource)instruction.Source switch
    {
        BpfWideSource.Map => $"map[{_maps[instruction.Immediate]}]",
        BpfWideSource.MapValue => string.Create(CultureInfo.InvariantCulture, $"map[{_maps[instruction.Immediate]}]+{rest.Immediate}"),
        BpfWideSource.Function => string.Create(CultureInfo.InvariantCulture, $"subprog[{(instruction.Immediate < 0 ? "" : "+")}{instruction.Immediate}]"),
        _ => null,
    };
}
