namespace PerfTrace.Events.Printing;

internal delegate Value KernelFunctionBody(ref EvaluationContext context, ReadOnlySpan<Value> arguments);

/// <summary>A function of the kernel that print formats call, and that is written again here.</summary>
internal sealed class KernelFunction(CType type, int arguments, KernelFunctionBody body)
{
    public CType Type { get; } = type;

    public int Arguments { get; } = arguments;

    public KernelFunctionBody Body { get; } = body;
}

internal sealed class Call(string name, KernelFunction function, Expression[] arguments) : Expression(function.Type)
{
    public string Name { get; } = name;

    public override IEnumerable<Expression> Parts => arguments;

    public override Value Evaluate(ref EvaluationContext context)
    {
        var values = new Value[arguments.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = arguments[i].Evaluate(ref context);
        return function.Body(ref context, values);
    }
}
