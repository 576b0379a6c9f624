namespace PerfTrace.Events.Printing;

/// <summary><c>__get_bitmask(name)</c> and <c>__get_cpumask(name)</c>.</summary>
internal sealed class Bitmask(EventField field) : Expression(CType.Text)
{
    private readonly DynamicField _bytes = new(field, CType.VoidPointer, false);
    private readonly DynamicField _length = new(field, CType.Int, true);

    public EventField Field => _bytes.Field;

    public override IEnumerable<Expression> Parts => [_bytes];

    public override Value Evaluate(ref EvaluationContext context) =>
        KernelFunctions.PrintBitmask(ref context, _bytes.Evaluate(ref context), (int)_length.Evaluate(ref context).Bits);
}
