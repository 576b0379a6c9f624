using System.Text;

namespace PerfTrace.Events.Printing;

/// <summary>An argument of a print format, or a part of one.</summary>
internal abstract class Expression(CType type)
{
    /// <summary>The C type of what <see cref="Evaluate"/> yields.</summary>
    public CType Type { get; } = type;

    /// <summary>The parts, left to right.</summary>
    public virtual IEnumerable<Expression> Parts => [];

    public IEnumerable<Expression> All => Parts.SelectMany(static p => p.All).Prepend(this);

    /// <summary>The value; of an array or a structure the address of its first byte.</summary>
    public abstract Value Evaluate(ref EvaluationContext context);

    /// <summary>Where it stands, of what stands somewhere.</summary>
    /// <exception cref="PrintSyntaxException">While compiling: it stands nowhere.</exception>
    public virtual Expression Address => throw new PrintSyntaxException("the address of what has none");

    // Of what is in memory: an integer is loaded, an array or a structure stays where it is.
    protected static Value Load(ref EvaluationContext context, Value address, CType type) =>
        type.Kind is CTypeKind.Array or CTypeKind.Aggregate ? address : new Value(type.Convert(context.Load(address, type.Size)));
}

internal sealed class Constant(ulong bits, CType type) : Expression(type)
{
    public ulong Bits { get; } = bits;

    public override Value Evaluate(ref EvaluationContext context) => new(Bits);
}

internal sealed class TextLiteral(string text) : Expression(CType.Text)
{
    private readonly byte[] _bytes = [.. Encoding.UTF8.GetBytes(text), 0];

    public string Text { get; } = text;

    public override Value Evaluate(ref EvaluationContext context) => new(0, _bytes);
}

/// <summary><c>REC</c> itself, a pointer to the record.</summary>
internal sealed class RecordPointer() : Expression(CType.VoidPointer)
{
    public override Value Evaluate(ref EvaluationContext context) => EvaluationContext.InRecord(0);
}

/// <summary><c>REC->name</c>.</summary>
internal sealed class FieldValue(EventField field, CType type) : Expression(type)
{
    public EventField Field { get; } = field;

    public override Value Evaluate(ref EvaluationContext context) => Load(ref context, EvaluationContext.InRecord(Field.Offset), Type);

    public override Expression Address => new FieldAddress(Field, Type);
}

internal sealed class FieldAddress(EventField field, CType type) : Expression(CType.PointerTo(type))
{
    public EventField Field { get; } = field;

    public override Value Evaluate(ref EvaluationContext context) => EvaluationContext.InRecord(Field.Offset);
}

/// <summary><c>__get_str(name)</c>, <c>__get_dynamic_array(name)</c> and their kin: where a dynamic field's bytes are, or how many.</summary>
internal sealed class DynamicField(EventField field, CType type, bool isLength) : Expression(type)
{
    public EventField Field { get; } = field;

    public bool IsLength { get; } = isLength;

    public override Value Evaluate(ref EvaluationContext context)
    {
        uint location = (uint)context.Load(EvaluationContext.InRecord(Field.Offset), sizeof(uint));
        if (IsLength)
            return new Value(location >> 16);
        long offset = location & 0xffff;
        return EvaluationContext.InRecord(Field.IsRelative ? Field.Offset + sizeof(uint) + offset : offset);
    }
}

/// <summary>What only the running kernel knows.</summary>
internal sealed class KernelVariable(string name, CType type, Func<PrintEnvironment, ulong> value) : Expression(type)
{
    public string Name { get; } = name;

    public override Value Evaluate(ref EvaluationContext context) => new(value(context.Environment));
}

/// <summary>An argument that is not interpreted; <see cref="PrintFormat.Problem"/> says why.</summary>
internal sealed class UnknownExpression(string text, string problem) : Expression(CType.UnsignedLong)
{
    public string Text { get; } = text;

    public string Problem { get; } = problem;

    public override Value Evaluate(ref EvaluationContext context) => Value.Null;
}
