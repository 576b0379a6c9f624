namespace PerfTrace.Events.Printing;

/// <summary>A variable of a statement expression.</summary>
internal sealed class Local(int index, CType type, string name) : Expression(type)
{
    public int Index { get; } = index;

    public string Name { get; } = name;

    public override Value Evaluate(ref EvaluationContext context) => context.Locals[Index];
}

internal sealed class Assignment(Local local, Expression value) : Expression(local.Type)
{
    public override IEnumerable<Expression> Parts => [value];

    public override Value Evaluate(ref EvaluationContext context)
    {
        Value result = value.Evaluate(ref context);
        return context.Locals[local.Index] = result.Memory is null ? new Value(Type.Convert(result.Bits)) : result;
    }
}

/// <summary>A member of a union that is a local variable: some of its bits.</summary>
internal sealed class BitsOf(Local union, int bitOffset, int bitSize, CType type) : Expression(type)
{
    public override IEnumerable<Expression> Parts => [Union];

    public Local Union { get; } = union;

    public bool IsWhole => bitOffset == 0 && bitSize == Type.Size * 8;

    public override Value Evaluate(ref EvaluationContext context)
    {
        ulong bits = Union.Evaluate(ref context).Bits >> bitOffset;
        return new Value(Type.Convert(bitSize >= 64 ? bits : bits & (1UL << bitSize) - 1));
    }
}

/// <summary>A local array of strings, written out.</summary>
internal sealed class TextList(IReadOnlyList<Expression> items) : Expression(CType.ArrayOf(CType.Text, items.Count * sizeof(ulong)))
{
    public IReadOnlyList<Expression> Items { get; } = items;

    public override IEnumerable<Expression> Parts => Items;

    public override Value Evaluate(ref EvaluationContext context) => Value.Null;
}

internal sealed class TextListItem(TextList list, Expression index) : Expression(CType.Text)
{
    public override IEnumerable<Expression> Parts => [list, index];

    public override Value Evaluate(ref EvaluationContext context)
    {
        ulong at = index.Evaluate(ref context).Bits;
        return at < (ulong)list.Items.Count ? list.Items[(int)at].Evaluate(ref context) : Value.Null;
    }
}

/// <summary><c>({ statement; ... value; })</c>.</summary>
internal sealed class StatementExpression(IReadOnlyList<Expression> statements) : Expression(statements.Count == 0 ? CType.Void : statements[^1].Type)
{
    public override IEnumerable<Expression> Parts => statements;

    public override Value Evaluate(ref EvaluationContext context)
    {
        Value value = Value.Null;
        foreach (Expression statement in statements)
            value = statement.Evaluate(ref context);
        return value;
    }
}

/// <summary><c>trace_seq_printf(p, format, ...)</c>.</summary>
internal sealed class PrintToScratch(PieceList pieces) : Expression(CType.Void)
{
    public override IEnumerable<Expression> Parts => pieces.Expressions;

    public override Value Evaluate(ref EvaluationContext context)
    {
        // The arguments may themselves put strings where this one is going to stand.
        var text = new ByteText();
        pieces.Write(ref context, text);
        context.Scratch.Add(text.Written);
        return Value.Null;
    }
}
