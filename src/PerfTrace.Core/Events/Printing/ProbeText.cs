namespace PerfTrace.Events.Printing;

/// <summary>
/// Dynamic probes: print_kprobe_event(), print_kretprobe_event() and those of uprobes and fprobes. The kernel names the place, where the
/// print fmt has its address, and says when a string could not be read.
/// </summary>
internal static class ProbeText
{
    private const string Place = "__probe_ip", Function = "__probe_func", ReturnsTo = "__probe_ret_ip";

    public static bool IsProbe(EventFormat format) => format.Fields.Any(static f => f.Name is Place or Function);

    public static PieceList Adapt(EventFormat format, PieceList pieces)
    {
        var adapted = new List<PrintPiece>();
        for (int i = 0; i < pieces.Pieces.Count; i++)
        {
            switch (pieces.Pieces[i])
            {
                case ConversionPiece { Argument: FieldValue { Field.Name: Place } at }:
                    adapted.Add(new InstructionPiece(at.Field, true));
                    break;
                // "(%lx <- %lx)" has the function first; the kernel prints where it returns to first.
                case ConversionPiece { Argument: FieldValue { Field.Name: Function } } when format.Fields.FirstOrDefault(static f => f.Name == ReturnsTo) is { } to:
                    adapted.Add(new InstructionPiece(to, true));
                    break;
                case ConversionPiece { Argument: FieldValue { Field.Name: ReturnsTo } } when format.Fields.FirstOrDefault(static f => f.Name == Function) is { } from:
                    adapted.Add(new InstructionPiece(from, false));
                    break;
                case ConversionPiece { Conversion.Specifier: 's', Argument: DynamicField { IsLength: false } text }
                    when adapted is [.., LiteralPiece { Text: [.. var before, '"'] }] && i + 1 < pieces.Pieces.Count && pieces.Pieces[i + 1] is LiteralPiece { Text: ['"', .. var after] }:
                    adapted[^1] = new LiteralPiece(before);
                    adapted.Add(new ProbeStringPiece(text.Field));
                    adapted.Add(new LiteralPiece(after));
                    i++;
                    break;
                default:
                    adapted.Add(pieces.Pieces[i]);
                    break;
            }
        }
        return new PieceList([.. adapted.Where(static p => p is not LiteralPiece { Text: "" })]);
    }
}

/// <summary>A place in the code: by its name in the kernel's, as a number in a process's.</summary>
internal sealed record InstructionPiece(EventField Field, bool WithOffset) : PrintPiece
{
    public override void Write(ref EvaluationContext context, ByteText output)
    {
        ulong address = context.Load(EvaluationContext.InRecord(Field.Offset), sizeof(ulong));
        if ((long)address < 0)
        {
            SymbolText.WriteInstruction(context.Environment.Symbols, address, WithOffset, output);
            return;
        }
        output.Add("0x"u8);
        output.AddHex(address);
    }
}

/// <summary>A string that a probe fetched; one of no bytes, not even the zero, could not be read.</summary>
internal sealed record ProbeStringPiece(EventField Field) : PrintPiece
{
    public override void Write(ref EvaluationContext context, ByteText output)
    {
        if (new DynamicField(Field, CType.Int, true).Evaluate(ref context).Bits == 0)
        {
            output.Add("(fault)"u8);
            return;
        }
        output.Add('"');
        output.Add(context.TextAt(new DynamicField(Field, CType.Text, false).Evaluate(ref context)));
        output.Add('"');
    }
}
