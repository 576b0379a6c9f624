namespace PerfTrace.Events.Printing;

/// <summary><c>__get_stacktrace(name)</c> of a synthetic event: print_synth_event() of kernel/trace/trace_events_synth.c.</summary>
internal sealed class StackTraceText(EventField field) : Expression(CType.Text)
{
    private readonly DynamicField _addresses = new(field, CType.VoidPointer, false);
    private readonly DynamicField _length = new(field, CType.Int, true);

    public override IEnumerable<Expression> Parts => [_addresses];

    public override Value Evaluate(ref EvaluationContext context)
    {
        Value start = context.EndOfScratch;
        Value at = _addresses.Evaluate(ref context);
        long count = (long)_length.Evaluate(ref context).Bits / sizeof(ulong);
        context.Scratch.Add("STACK:\n"u8);
        for (long i = 0; i < count && context.Load(at.Plus(i * sizeof(ulong)), sizeof(ulong)) is > 0 and var address; i++)
        {
            context.Scratch.Add("=> "u8);
            SymbolText.Write(context.Environment.Symbols, address, 'S', context.Scratch);
            context.Scratch.Add('\n');
        }
        context.Scratch.Add((byte)0);
        return start;
    }
}
