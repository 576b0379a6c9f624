namespace PerfTrace.BpfTrace;

internal sealed partial class ProbeChecker
{
    private ScriptType? VisitBinary(BinaryExpression binary)
    {
        ScriptType? left = Visit(binary.Left), right = Visit(binary.Right);
        return left is null || right is null ? null : Operate(binary, binary.Operator, binary.Left, binary.Right);
    }

    // What stands beside the operator has its types already.
    private ScriptType? Operate(Node node, BinaryOperator operation, Expression leftOperand, Expression rightOperand)
    {
        if (leftOperand.Type is not { } left || rightOperand.Type is not { } right)
            return null;
        bool isLogical = operation is BinaryOperator.LogicalAnd or BinaryOperator.LogicalOr;
        bool isComparison = operation is >= BinaryOperator.Equal and <= BinaryOperator.GreaterOrEqual;
        if (isLogical)
        {
            return TypeRules.IsCondition(left) && TypeRules.IsCondition(right) ? Fold(node, operation, leftOperand, rightOperand, BooleanType.Instance)
                : Error(node, NotFor(operation, left, right));
        }
        if (left is PointerType || right is PointerType)
            return OperatePointers(node, operation, left, right, isComparison);
        if (TypeRules.IntegerOf(left) is { } leftNumber && TypeRules.IntegerOf(right) is { } rightNumber)
        {
            if (isComparison)
                return Fold(node, operation, leftOperand, rightOperand, BooleanType.Instance);
            if (left is BooleanType && right is BooleanType && operation is (BinaryOperator.BitwiseAnd or BinaryOperator.BitwiseOr or BinaryOperator.BitwiseXor))
                return Fold(node, operation, leftOperand, rightOperand, BooleanType.Instance);
            if (_isLast && operation is BinaryOperator.Divide or BinaryOperator.Modulo && !(Number(rightOperand) is { } divisor && divisor != 0))
                WarnOfZero(node);
            return Fold(node, operation, leftOperand, rightOperand, Compute(operation, leftNumber, rightNumber));
        }
        if (!isComparison)
            return Error(node, NotFor(operation, left, right));
        if (!AreComparable(left, right, leftOperand, rightOperand))
            return Error(node, $"a value of type {left.Name} can not be compared with one of type {right.Name}");
        if (operation is not (BinaryOperator.Equal or BinaryOperator.NotEqual))
            return Error(node, NotFor(operation, left, right));
        return node is BinaryExpression expression && TextOf(leftOperand) is { } first && TextOf(rightOperand) is { } last
            ? Known(expression, first == last == (operation == BinaryOperator.Equal) ? 1 : 0, BooleanType.Instance)
            : BooleanType.Instance;
    }

    // As bpftrace has it: the program says that it divided by zero, and goes on with 1.
    private void WarnOfZero(Node division)
    {
        int number = _script.Actions.Number(division, new ScriptAction(ScriptActionKind.HelperError, new EventLayout(IntegerType.Int32, IntegerType.Int32)) { Span = division.Span });
        if (division is BinaryExpression binary)
            binary.Warning = number;
        else if (division is AssignStatement assign)
            assign.Warning = number;
    }

    // A text that is known before the script runs: branches are chosen by it.
    private string? TextOf(Expression expression) => Bare(expression) switch
    {
        StringLiteral literal => literal.Value,
        BuiltinExpression { Variable.Kind: BuiltinKind.ProbeType } => TypeNameOf(_context.Provider),
        FieldAccess { Target: TypeinfoExpression info, Field: var name } when Resolve(info.Operand) is { } type =>
            name switch { "base_type" => BaseName(type), "full_type" => type.Name, _ => null },
        _ => null,
    };

    private bool AreComparable(ScriptType left, ScriptType right, Expression leftOperand, Expression rightOperand) => (left, right) switch
    {
        (StringType, StringType) or (BufferType, BufferType) => true,
        (ResolvedType { Kind: ResolvedKind.ProbeName }, StringType) => rightOperand is StringLiteral,
        (StringType, ResolvedType { Kind: ResolvedKind.ProbeName }) => leftOperand is StringLiteral,
        (ArrayType a, ArrayType b) => a.Element is IntegerType && a == b,
        (TupleType, TupleType) => TypeRules.Promote(left, right, Settings.MaximumStringLength) is not null,
        (ResolvedType a, ResolvedType b) => a == b && a.Kind is not ResolvedKind.Timestamp,
        _ => false,
    };

    private static string NotFor(BinaryOperator operation, ScriptType left, ScriptType right) =>
        $"the operator {OperatorText.Of(operation)} is not for values of the types {left.Name} and {right.Name}";

    // An address and a number give an address, so many elements further.
    private ScriptType? OperatePointers(Node node, BinaryOperator operation, ScriptType left, ScriptType right, bool isComparison)
    {
        if (left is PointerType a && right is PointerType b)
        {
            if (operation == BinaryOperator.Subtract)
                return a.Target.Equals(b.Target) ? IntegerType.Int64 : Error(node, $"addresses of different types have no distance: {left.Name} and {right.Name}", "cast one of them");
            if (!isComparison)
                return Error(node, NotFor(operation, left, right));
            if (a.Target is not VoidType && b.Target is not VoidType && !a.Target.Equals(b.Target))
                Messages.Warn(node.Span, $"pointers of different types are compared: {left.Name} and {right.Name}");
            return BooleanType.Instance;
        }
        if (TypeRules.IntegerOf(left is PointerType ? right : left) is null)
            return Error(node, NotFor(operation, left, right));
        if (isComparison)
            return BooleanType.Instance;
        bool isStep = operation == BinaryOperator.Add || (operation == BinaryOperator.Subtract && left is PointerType);
        return isStep ? TypeRules.Plain(left as PointerType ?? right) : Error(node, NotFor(operation, left, right));
    }

    private static IntegerType Compute(BinaryOperator operation, IntegerType left, IntegerType right)
    {
        if (operation is BinaryOperator.ShiftLeft or BinaryOperator.ShiftRight)
            return TypeRules.Wide(LiteralTypes.IsFlexible(left) ? right.IsSigned : left.IsSigned);
        IntegerType common = TypeRules.Common(left, right);
        return TypeRules.Wide(operation == BinaryOperator.Subtract || common.IsSigned);
    }

    // The value, where both are known; the type is then that of the value.
    private ScriptType? Fold(Node node, BinaryOperator operation, Expression leftOperand, Expression rightOperand, ScriptType type)
    {
        if (node is not BinaryExpression expression || Number(leftOperand) is not { } left || Number(rightOperand) is not { } right)
            return type;
        // Numbers whose type was said are computed with as the program does: in 64 bits. Others are plain numbers until their value has a type.
        bool isSaid = IsFixed(leftOperand) || IsFixed(rightOperand);
        if (isSaid && operation is not (BinaryOperator.ShiftLeft or BinaryOperator.ShiftRight))
        {
            bool isSigned = TypeRules.Common(TypeRules.IntegerOf(leftOperand.Type)!, TypeRules.IntegerOf(rightOperand.Type)!).IsSigned;
            (left, right) = (Wrap(left, isSigned), Wrap(right, isSigned));
        }
        if ((operation is BinaryOperator.Divide or BinaryOperator.Modulo) && right == 0)
            return Error(node, "a division by zero");
        if ((operation is BinaryOperator.ShiftLeft or BinaryOperator.ShiftRight) && (right < 0 || right > 63))
            return Error(node, $"a shift by {right} bits", "numbers have 64");
        Int128 value = operation switch
        {
            BinaryOperator.LogicalOr => left != 0 || right != 0 ? 1 : 0,
            BinaryOperator.LogicalAnd => left != 0 && right != 0 ? 1 : 0,
            BinaryOperator.BitwiseOr => left | right,
            BinaryOperator.BitwiseXor => left ^ right,
            BinaryOperator.BitwiseAnd => left & right,
            BinaryOperator.Equal => left == right ? 1 : 0,
            BinaryOperator.NotEqual => left != right ? 1 : 0,
            BinaryOperator.Less => left < right ? 1 : 0,
            BinaryOperator.LessOrEqual => left <= right ? 1 : 0,
            BinaryOperator.Greater => left > right ? 1 : 0,
            BinaryOperator.GreaterOrEqual => left >= right ? 1 : 0,
            BinaryOperator.ShiftLeft => left << (int)right,
            BinaryOperator.ShiftRight => left >> (int)right,
            BinaryOperator.Add => left + right,
            BinaryOperator.Subtract => left - right,
            BinaryOperator.Multiply => left * right,
            BinaryOperator.Divide => left / right,
            _ => left % right,
        };
        if (type is BooleanType)
            return Known(expression, value, type);
        if (isSaid)
            return Known(expression, value, type);
        return value < long.MinValue || value > ulong.MaxValue ? Error(node, $"the number {value} does not fit in 64 bits") : Known(expression, value);
    }

    private static Int128 Wrap(Int128 number, bool isSigned) => isSigned ? Cut(number, IntegerType.Int64) : (ulong)Cut(number, IntegerType.UInt64);

    // Its type was said, so what is computed of it has not the type of the value alone.
    private static bool IsFixed(Expression operand) => operand is CastExpression || operand.Type is EnumType
        || (operand is BinaryExpression binary && (IsFixed(binary.Left) || IsFixed(binary.Right))) || (operand is UnaryExpression unary && IsFixed(unary.Operand));

    private ScriptType? VisitUnary(UnaryExpression unary)
    {
        switch (unary.Operator)
        {
            case UnaryOperator.PreIncrement or UnaryOperator.PreDecrement or UnaryOperator.PostIncrement or UnaryOperator.PostDecrement:
                return VisitIncrement(unary);
            case UnaryOperator.AddressOf:
                return VisitAddress(unary);
        }
        if (Visit(unary.Operand) is not { } type)
            return null;
        switch (unary.Operator)
        {
            case UnaryOperator.Dereference:
                return Dereference(unary, type);
            case UnaryOperator.LogicalNot:
                return !TypeRules.IsCondition(type) ? Error(unary, $"the operator ! is not for a value of type {type.Name}")
                    : Number(unary.Operand) is { } condition ? Known(unary, condition == 0 ? 1 : 0, BooleanType.Instance)
                    : BooleanType.Instance;
        }
        string sign = OperatorText.Of(unary.Operator);
        if (type is BooleanType || TypeRules.IntegerOf(type) is not { } integer)
            return Error(unary, $"the operator {sign} is not for a value of type {type.Name}");
        if (Number(unary.Operand) is { } number)
        {
            Int128 value = unary.Operator == UnaryOperator.Negate ? -number : integer.IsSigned ? ~number : ulong.MaxValue - number;
            if (IsFixed(unary.Operand))
                return Known(unary, value, TypeRules.Wide(integer.IsSigned || unary.Operator == UnaryOperator.Negate));
            return value < long.MinValue ? Error(unary, $"the number {value} does not fit in 64 bits") : Known(unary, value);
        }
        return TypeRules.Wide(integer.IsSigned || unary.Operator == UnaryOperator.Negate);
    }

    private ScriptType? Dereference(UnaryExpression unary, ScriptType type) => type switch
    {
        PointerType { Target: VoidType } => Error(unary, "what a 'void *' leads to is not known", "cast it to another pointer first"),
        // "*args" is "args": older scripts write it.
        PointerType { Space: MemorySpace.Context, Target: RecordType { Tag: "" } } => type,
        PointerType pointer => Element(pointer.Target, pointer.Space),
        // A number is the address of 8 bytes.
        IntegerType => IntegerType.UInt64,
        _ => Error(unary, $"the operator * is not for a value of type {type.Name}", "it follows pointers"),
    };

    private ScriptType? VisitAddress(UnaryExpression unary)
    {
        if (unary.Operand is MapExpression map)
        {
            CheckedMap known = Maps[map.Name];
            map.Type = known.Value;
            return known.Value is null ? null : new PointerType(known.Value, MemorySpace.Program);
        }
        if (unary.Operand is ScratchVariable variable && FindVariable(variable.Name, out _) is { } found)
        {
            found.IsAddressed = true;
            _assigned.Add(found); // who has the address may assign it
            Merge(found);
        }
        return Visit(unary.Operand) is { } type ? new PointerType(type, MemorySpace.Program) : null;
    }

    private ScriptType? VisitIncrement(UnaryExpression unary)
    {
        bool isDecrement = unary.Operator is UnaryOperator.PreDecrement or UnaryOperator.PostDecrement;
        ScriptType? type = Visit(unary.Operand);
        CheckedMap? map = unary.Operand switch { MapExpression whole => Maps[whole.Name], MapAccess access => Maps[access.Map.Name], _ => null };
        if (map is not null && type is null && map.HasKey is not null)
            type = LiteralTypes.OfBytes(8); // "@x++" alone: a number
        if (type is null)
            return null;
        if (type is PointerType)
        {
            if (unary.Operand is ScratchVariable { Variable: { } pointer })
                Merge(pointer);
            return TypeRules.Plain(type);
        }
        if (type is AggregateType or BooleanType || TypeRules.IntegerOf(type) is not { } integer)
            return Error(unary, $"the operator {OperatorText.Of(unary.Operator)} is not for a value of type {type.Name}");
        ScriptType result = LiteralTypes.IsFlexible(integer) && !isDecrement ? LiteralTypes.OfBytes(8) : TypeRules.Wide(integer.IsSigned || isDecrement);
        if (map is not null)
            Maps.Assign(map, result, unary.Span);
        else if (unary.Operand is ScratchVariable { Variable: { IsDeclared: false } variable })
            Grow(variable, result, unary);
        else
            return type; // declared to be of a type, which it keeps
        return result;
    }

    private ScriptType? VisitCast(CastExpression cast)
    {
        ScriptType? from = Visit(cast.Operand);
        if (Resolve(cast.Target) is not { } to || from is null)
            return null;
        ScriptType? result = Cast(cast, from, to);
        if (result is IntegerType integer && Number(cast.Operand) is { } number)
            cast.Constant = Cut(number, integer);
        else if ((result is EnumType or BooleanType) && cast.Operand.Constant is { } bits)
            cast.Constant = result is BooleanType ? (bits == 0 ? 0 : 1) : bits;
        return result;
    }

    private static long Cut(Int128 number, IntegerType type)
    {
        long bits = unchecked((long)(ulong)(UInt128)number);
        int shift = 64 - (type.Bytes * 8);
        return type.IsSigned ? bits << shift >> shift : (long)((ulong)bits << shift >> shift);
    }

    private ScriptType? Cast(CastExpression cast, ScriptType from, ScriptType to)
    {
        bool isNumber = TypeRules.IntegerOf(from) is not null;
        switch (to)
        {
            case IntegerType or EnumType when isNumber || from is PointerType:
                // The plain type: said, it does not bend.
                return to is IntegerType plain ? new IntegerType(plain.Bytes, plain.IsSigned) : to;
            case IntegerType when (from is ArrayType or StringType) && from.Size == to.Size:
                return to;
            case BooleanType when isNumber || from is PointerType or StringType:
                return to;
            case PointerType pointer when from is PointerType source:
                // What the verifier knows of an address does not hold for another type.
                return pointer with { Space = source.Space == MemorySpace.Trusted && !pointer.Target.Equals(source.Target) ? MemorySpace.Kernel : source.Space };
            case PointerType pointer when isNumber:
                return pointer with { Space = NumberSpace(cast.Operand) };
            case ArrayType array when isNumber || from is StringType or ArrayType:
                return CastToArray(cast, from, array);
            case StringType { Capacity: 0 } when from is StringType:
                return from;
            case StringType text when from is StringType source:
                return text.Capacity >= source.Capacity ? text : Error(cast, $"a value of type {from.Name} does not fit in {to.Name}");
            case ResolvedType { Kind: ResolvedKind.UserName } when isNumber:
                return to;
            default:
                return Error(cast, $"a value of type {from.Name} can not be cast to {to.Name}");
        }
    }

    private ScriptType? CastToArray(CastExpression cast, ScriptType from, ArrayType array)
    {
        if (array.Element is not (IntegerType or BooleanType))
            return Error(cast, $"a value of type {from.Name} can not be cast to {array.Name}", "arrays of numbers can be made of a number or a string");
        if (array.Count == 0)
            return from.Size % array.Element.Size == 0 ? array with { Count = from.Size / array.Element.Size } : Error(cast, $"{from.Size} bytes are no whole number of {array.Element.Name}");
        bool isNumber = TypeRules.IntegerOf(from) is not null;
        return from.Size == array.Size || (isNumber && array.Size <= 8 && array.Size > from.Size) ? array
            : Error(cast, $"a value of type {from.Name} has {from.Size} bytes and can not be cast to {array.Name}, which has {array.Size}");
    }

    private MemorySpace NumberSpace(Expression operand) => NumberSpace(operand, IsUserProbe);

    /// <summary>Whose memory a number is an address in: the one that it is said to be, or that the probe is about.</summary>
    /// <param name="operand">The number.</param>
    /// <param name="isUser">The probe is one of a program.</param>
    public static MemorySpace NumberSpace(Expression operand, bool isUser)
    {
        while (operand is CastExpression or UnaryExpression { Operator: not UnaryOperator.Dereference } or BinaryExpression)
            operand = operand switch { CastExpression c => c.Operand, UnaryExpression u => u.Operand, BinaryExpression b => b.Left, _ => operand };
        if (operand is CallExpression { Function: ScriptFunction.KAddr or ScriptFunction.PerCpuKAddr or ScriptFunction.KPtr })
            return MemorySpace.Kernel;
        if (operand is CallExpression { Function: ScriptFunction.UAddr or ScriptFunction.UPtr })
            return MemorySpace.User;
        // The arguments of system calls are the process's.
        if (operand is FieldAccess { Target.Type: PointerType { Space: MemorySpace.Context, Target: RecordType { Tag: "", TypeName: var name } } })
            isUser |= name.StartsWith("tracepoint:syscalls:", StringComparison.Ordinal);
        return isUser ? MemorySpace.User : MemorySpace.Kernel;
    }
}
