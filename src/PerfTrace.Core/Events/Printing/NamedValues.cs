using System.Text;

namespace PerfTrace.Events.Printing;

/// <summary>The table of <c>__print_flags</c> and <c>__print_symbolic</c>: <c>{ 1, "READ" }, { 2, "WRITE" }</c>.</summary>
internal sealed class NamedValues
{
    public NamedValues(IEnumerable<(ulong Mask, string Name)> entries)
    {
        Entries = [.. entries];
        Masks = [.. Entries.Select(static e => e.Mask)];
        Names = [.. Entries.Select(static e => Encoding.UTF8.GetBytes(e.Name))];
    }

    public IReadOnlyList<(ulong Mask, string Name)> Entries { get; }

    public byte[][] Names { get; }

    public ulong[] Masks { get; }
}

/// <summary><c>__print_flags(value, delimiter, ...)</c>: trace_print_flags_seq() of kernel/trace/trace_output.c.</summary>
internal sealed class PrintFlags(Expression value, string? delimiter, NamedValues table) : Expression(CType.Text)
{
    private readonly byte[] _delimiter = Encoding.UTF8.GetBytes(delimiter ?? "");

    public Expression Operand { get; } = value;

    public string Delimiter => delimiter ?? "";

    public NamedValues Table { get; } = table;

    public override IEnumerable<Expression> Parts => [Operand];

    public override Value Evaluate(ref EvaluationContext context)
    {
        ulong flags = Operand.Evaluate(ref context).Bits;
        Value start = context.EndOfScratch;
        bool isFirst = true;
        for (int i = 0; i < Table.Masks.Length && flags != 0; i++)
        {
            ulong mask = Table.Masks[i];
            if ((flags & mask) != mask)
                continue;
            flags &= ~mask;
            if (!isFirst)
                context.Scratch.Add(_delimiter);
            isFirst = false;
            context.Scratch.Add(Table.Names[i]);
        }
        if (flags != 0)
        {
            if (!isFirst)
                context.Scratch.Add(_delimiter);
            context.Scratch.Add("0x"u8);
            context.Scratch.AddHex(flags);
        }
        context.Scratch.Add((byte)0);
        return start;
    }
}

/// <summary><c>__print_symbolic(value, ...)</c>: trace_print_symbols_seq().</summary>
internal sealed class PrintSymbolic(Expression value, NamedValues table) : Expression(CType.Text)
{
    public Expression Operand { get; } = value;

    public NamedValues Table { get; } = table;

    public override IEnumerable<Expression> Parts => [Operand];

    public override Value Evaluate(ref EvaluationContext context)
    {
        ulong bits = Operand.Evaluate(ref context).Bits;
        Value start = context.EndOfScratch;
        for (int i = 0; i < Table.Masks.Length; i++)
        {
            if (Table.Masks[i] != bits)
                continue;
            context.Scratch.Add(Table.Names[i]);
            break;
        }
        // An empty name counts as none.
        if (context.Scratch.Length == (int)start.Bits)
        {
            context.Scratch.Add("0x"u8);
            context.Scratch.AddHex(bits);
        }
        context.Scratch.Add((byte)0);
        return start;
    }
}
