namespace PerfTrace.Events.Printing;

internal sealed class Unary(string symbol, Expression operand)
    : Expression(symbol == "!" ? CType.Int : operand.Type.Promoted)
{
    public string Symbol { get; } = symbol;

    public Expression Operand { get; } = operand;

    public override IEnumerable<Expression> Parts => [Operand];

    public override Value Evaluate(ref EvaluationContext context)
    {
        Value value = Operand.Evaluate(ref context);
        return Symbol switch
        {
            "!" => new Value(value.IsTrue ? 0UL : 1),
            "-" => new Value(Type.Convert(0 - value.Bits)),
            "~" => new Value(Type.Convert(~value.Bits)),
            _ => value,
        };
    }
}

internal sealed class Binary(string symbol, Expression left, Expression right)
    : Expression(ResultType(symbol, left, right))
{
    private enum Operation { Add, Subtract, Multiply, Divide, Remainder, And, Or, Xor, ShiftLeft, ShiftRight, Equal, Unequal, Less, Greater, AtMost, AtLeast }

    private static readonly string[] Symbols = ["+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", "==", "!=", "<", ">", "<=", ">="];

    private readonly Operation _operation = (Operation)Array.IndexOf(Symbols, symbol);
    private readonly CType _operands = symbol is "<<" or ">>" ? left.Type.Promoted : CType.Common(left.Type, right.Type);
    private readonly bool _isShift = symbol is "<<" or ">>";
    private readonly bool _isOnAddresses = left.Type.IsAddress || right.Type.IsAddress;

    public string Symbol => Symbols[(int)_operation];

    public Expression Left { get; } = left;

    public Expression Right { get; } = right;

    public override IEnumerable<Expression> Parts => [Left, Right];

    private static CType ResultType(string symbol, Expression left, Expression right)
    {
        if (symbol is "==" or "!=" or "<" or ">" or "<=" or ">=")
            return CType.Int;
        if (symbol is "<<" or ">>")
            return left.Type.Promoted;
        if (symbol is "-" && left.Type.IsAddress && right.Type.IsAddress)
            return CType.Long;
        return symbol == "+" && right.Type.IsAddress ? right.Type.Promoted : CType.Common(left.Type, right.Type);
    }

    public override Value Evaluate(ref EvaluationContext context)
    {
        Value left = Left.Evaluate(ref context), right = Right.Evaluate(ref context);
        if (_isOnAddresses)
            return OnAddresses(left, right);
        ulong a = _operands.Convert(left.Bits), b = _isShift ? right.Bits : _operands.Convert(right.Bits);
        bool isSigned = _operands.IsSigned;
        // What C leaves undefined is done as x86 does it: a shift's count is taken modulo the width.
        int count = (int)(b & (ulong)(_operands.Size * 8 - 1));
        return new Value(Type.Convert(_operation switch
        {
            Operation.Add => a + b,
            Operation.Subtract => a - b,
            Operation.Multiply => a * b,
            Operation.Divide => b == 0 ? 0 : isSigned ? (b == ulong.MaxValue ? 0 - a : (ulong)((long)a / (long)b)) : a / b,
            Operation.Remainder => b == 0 || isSigned && b == ulong.MaxValue ? 0 : isSigned ? (ulong)((long)a % (long)b) : a % b,
            Operation.And => a & b,
            Operation.Or => a | b,
            Operation.Xor => a ^ b,
            Operation.ShiftLeft => a << count,
            Operation.ShiftRight when isSigned => (ulong)((long)a >> count),
            Operation.ShiftRight => a >> count,
            _ => Compare(a, b, isSigned),
        }));
    }

    private Value OnAddresses(Value left, Value right)
    {
        long size = Math.Max(1, (Left.Type.IsAddress ? Left.Type : Right.Type).Element!.Size);
        switch (_operation)
        {
            case Operation.Add:
                return Left.Type.IsAddress ? left.Plus(right.Signed * size) : right.Plus(left.Signed * size);
            case Operation.Subtract when !Right.Type.IsAddress:
                return left.Plus(-right.Signed * size);
            case Operation.Subtract:
                return new Value((ulong)((long)(left.Bits - right.Bits) / size));
            case Operation.Equal or Operation.Unequal when !ReferenceEquals(left.Memory, right.Memory):
                return new Value(_operation == Operation.Unequal ? 1UL : 0);
            default:
                return new Value(Compare(left.Bits, right.Bits, false));
        }
    }

    private ulong Compare(ulong a, ulong b, bool isSigned)
    {
        int order = isSigned ? ((long)a).CompareTo((long)b) : a.CompareTo(b);
        return _operation switch
        {
            Operation.Equal => order == 0,
            Operation.Unequal => order != 0,
            Operation.Less => order < 0,
            Operation.Greater => order > 0,
            Operation.AtMost => order <= 0,
            Operation.AtLeast => order >= 0,
            _ => false,
        } ? 1UL : 0;
    }
}

/// <summary><c>&amp;&amp;</c> and <c>||</c>.</summary>
internal sealed class Logical(bool isAnd, Expression left, Expression right) : Expression(CType.Int)
{
    public override IEnumerable<Expression> Parts => [left, right];

    public override Value Evaluate(ref EvaluationContext context) =>
        new((left.Evaluate(ref context).IsTrue == isAnd ? right.Evaluate(ref context).IsTrue : !isAnd) ? 1UL : 0);
}

/// <summary><c>a ? b : c</c>, and <c>a ?: c</c>, in which b is a.</summary>
internal sealed class Conditional(Expression condition, Expression? whenTrue, Expression whenFalse)
    : Expression(ResultType(whenTrue ?? condition, whenFalse))
{
    public override IEnumerable<Expression> Parts => whenTrue is null ? [condition, whenFalse] : [condition, whenTrue, whenFalse];

    // A null pointer constant takes the type of the other.
    private static CType ResultType(Expression a, Expression b) =>
        a.Type.IsAddress && b.Type.IsAddress ? (a.Type.Element!.Kind == CTypeKind.Void ? b : a).Type.Promoted
        : a.Type.IsAddress ? a.Type.Promoted
        : b.Type.IsAddress ? b.Type.Promoted
        : CType.Common(a.Type, b.Type);

    public override Value Evaluate(ref EvaluationContext context)
    {
        Value choice = condition.Evaluate(ref context);
        Value value = !choice.IsTrue ? whenFalse.Evaluate(ref context) : whenTrue?.Evaluate(ref context) ?? choice;
        return value.Memory is null ? new Value(Type.Convert(value.Bits)) : value;
    }
}

internal sealed class Cast(CType type, Expression operand) : Expression(type)
{
    public override IEnumerable<Expression> Parts => [operand];

    public override Value Evaluate(ref EvaluationContext context)
    {
        Value value = operand.Evaluate(ref context);
        return value.Memory is null ? new Value(Type.Convert(value.Bits)) : value;
    }
}

/// <summary><c>(a, b)</c>.</summary>
internal sealed class Sequence(Expression first, Expression second) : Expression(second.Type)
{
    public override IEnumerable<Expression> Parts => [first, second];

    public override Value Evaluate(ref EvaluationContext context)
    {
        first.Evaluate(ref context);
        return second.Evaluate(ref context);
    }
}

/// <summary>What a pointer points to: <c>*p</c>, <c>a[i]</c>, <c>&amp;p->member</c> undone.</summary>
internal sealed class Dereference(Expression pointer, CType type) : Expression(type)
{
    public override IEnumerable<Expression> Parts => [pointer];

    public override Expression Address => pointer.Type.Kind == CTypeKind.Pointer ? pointer : new Cast(CType.PointerTo(Type), pointer);

    public override Value Evaluate(ref EvaluationContext context) => Load(ref context, pointer.Evaluate(ref context), Type);

    public static Expression At(Expression pointer)
    {
        if (!pointer.Type.IsAddress || pointer.Type.Element is not { Kind: not CTypeKind.Void } element)
            throw new PrintSyntaxException("what a pointer without a type points to");
        return new Dereference(pointer, element);
    }
}

/// <summary>A member of a structure in memory, or some bits of it.</summary>
internal sealed class Member(Expression address, int offset, int bitOffset, int bitSize, CType type) : Expression(type)
{
    public override IEnumerable<Expression> Parts => [address];

    public override Expression Address => bitSize == 0
        ? new Cast(CType.PointerTo(Type), new Binary("+", new Cast(CType.VoidPointer, address), new Constant((ulong)offset, CType.Long)))
        : base.Address;

    public override Value Evaluate(ref EvaluationContext context)
    {
        Value start = address.Evaluate(ref context).Plus(offset);
        if (bitSize == 0)
            return Load(ref context, start, Type);
        ulong bits = context.Load(start, Type.Size) >> bitOffset & (1UL << bitSize) - 1;
        return new Value(Type.IsSigned ? (ulong)((long)(bits << 64 - bitSize) >> 64 - bitSize) : bits);
    }
}
