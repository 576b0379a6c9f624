namespace PerfTrace.Events.Printing;

/// <summary><c>__get_stacktrace(name)</c> of a synthetic event: print_synth_event() of kernel/trace/trace_events_synth.c.</summary>
internal sealed class StackTraceText(EventField field) : Expression(CType.Text)
{
    // No address is as small, no stack as deep.
    private const ulong MostAddresses = 4096;

    private readonly DynamicField _addresses = new(field, CType.VoidPointer, false);
    private readonly DynamicField _length = new(field, CType.Int, true);

    public override IEnumerable<Expression> Parts => [_addresses];

    public override Value Evaluate(ref EvaluationContext context)
    {
        Value start = context.EndOfScratch;
        Value at = _addresses.Evaluate(ref context);
        long count = (long)_length.Evaluate(ref context).Bits / sizeof(ulong);
        context.Scratch.Add("STACK:\n"u8);
        // Since Linux 6.6 the first word is the number of addresses; before, a zero behind the last ended them.
        long first = count > 0 && context.Load(at, sizeof(ulong)) < MostAddresses ? 1 : 0;
        for (long i = first; i < count && (context.Load(at.Plus(i * sizeof(ulong)), sizeof(ulong)) is var address && (address != 0 || first > 0)); i++)
        {
            context.Scratch.Add("=> "u8);
            SymbolText.Write(context.Environment.Symbols, address, 'S', context.Scratch);
            context.Scratch.Add('\n');
        }
        context.Scratch.Add((byte)0);
        return start;
    }
}
