using PerfTrace.Bpf;

namespace PerfTrace.BpfTrace;

// Numbers and addresses, which are values of the function.
internal sealed partial class ProbeGenerator
{
    private IrValue NumberIn(Expression expression)
    {
        // Literals, what is computed of them, sizes and constants of the kernel.
        if (expression.Constant is { } known)
            return _function.Constant(known);
        if (expression.Meaning is { } meaning)
            return NumberIn(meaning);
        switch (expression)
        {
            case IntegerLiteral literal:
                return _function.Constant((long)literal.Value);
            case BooleanLiteral literal:
                return _function.Constant(literal.Value ? 1 : 0);
            case IdentifierExpression { Type: EnumType constant } name:
                return _function.Constant(constant.Names.First(pair => pair.Value == name.Name).Key);
            case ScratchVariable variable:
                return StorageOf(variable).Value!.Value;
            case BuiltinExpression builtin:
                return Builtin(builtin);
            case MapExpression or MapAccess:
                return MapNumber(expression);
            case UnaryExpression unary:
                return Unary(unary);
            case BinaryExpression { Operator: BinaryOperator.LogicalAnd or BinaryOperator.LogicalOr or (>= BinaryOperator.Equal and <= BinaryOperator.GreaterOrEqual) }:
                return Truth(expression);
            case BinaryExpression binary:
                return Calculate(binary.Operator, Left(binary), binary.Left.Type!, Scalar(binary.Right), binary.Right.Type!, binary.Warning);
            case CastExpression cast:
                return Cast(cast);
            case IfExpression choice:
                return Choice(choice);
            case BlockExpression { Value: { } value } block:
                IrValue last = default;
                Block(block, () => last = Kept(value));
                return last;
            case ComptimeExpression { Operand: var operand }:
                return Scalar(operand);
            case FieldAccess or IndexExpression or TupleAccess:
                return Element(expression);
            case CallExpression call:
                return NumberOf(call);
            default:
                throw NotPossible(expression, "this expression can not be compiled yet");
        }
    }

    // The left of two: a variable has the value that it has before the right changes it.
    private IrValue Left(BinaryExpression binary) => Effects.In(binary.Right) ? Kept(binary.Left) : Scalar(binary.Left);

    // A field, an element of an array or of a tuple.
    private IrValue Element(Expression expression)
    {
        if (expression is FieldAccess { Target: BuiltinExpression { Variable.Kind: BuiltinKind.Arguments } } named && _context.Provider == ProbeProvider.UProbe)
            return Truncate(Argument(Field(named).Offset / sizeof(ulong)), expression.Type!);
        if (expression is FieldAccess access && access.Target.Type is not TupleType && Field(access) is { BitSize: > 0 } bits)
        {
            return BitField(FieldLocation(access), bits);
        }
        // What lies elsewhere in a tracepoint's record is told by where it is.
        if (expression is FieldAccess field && field.Target.Type is not TupleType && Field(field).Location != DataLocation.InPlace)
            return _function.Address(Locate(expression).Place);
        Location place = Locate(expression);
        return _context.Provider == ProbeProvider.Iterator && place.Space == MemorySpace.Context && expression.Type is PointerType ? Iterated(place.Place.Offset) : ReadNumber(place, expression.Type!);
    }

    private IrValue BitField(Location place, RecordField field)
    {
        // That of a packed struct may begin in one integer of its type and end in the next.
        int bytes = (field.BitShift + field.BitSize + 7) / 8;
        if (bytes <= field.Type.Size)
            return Bits(ReadNumber(place, new IntegerType(field.Type.Size, false)), field.BitShift, field);
        if (bytes <= sizeof(ulong))
            return Bits(ReadPieces(place, bytes), field.BitShift, field);
        IrValue low = _function.Arithmetic(BpfArithmetic.ShiftRight, ReadPieces(place, sizeof(ulong)), field.BitShift);
        IrValue high = _function.Arithmetic(BpfArithmetic.ShiftLeft, ReadPieces(place with { Place = place.Place.At(sizeof(ulong)) }, bytes - sizeof(ulong)), 64 - field.BitShift);
        return Bits(_function.Arithmetic(BpfArithmetic.Or, low, high), 0, field);
    }

    private IrValue Bits(IrValue whole, int shift, RecordField field)
    {
        IrValue top = _function.Arithmetic(BpfArithmetic.ShiftLeft, whole, 64 - shift - field.BitSize);
        return _function.Arithmetic(IsSigned(field.Type) ? BpfArithmetic.ArithmeticShiftRight : BpfArithmetic.ShiftRight, top, 64 - field.BitSize);
    }

    private IrValue Unary(UnaryExpression unary)
    {
        switch (unary.Operator)
        {
            case UnaryOperator.Negate:
                return _function.Negate(Scalar(unary.Operand));
            case UnaryOperator.Complement:
                return _function.Arithmetic(BpfArithmetic.ExclusiveOr, Scalar(unary.Operand), -1);
            case UnaryOperator.LogicalNot:
                return Truth(unary);
            case UnaryOperator.Dereference:
                return ReadNumber(Locate(unary), unary.Type!);
            case UnaryOperator.AddressOf:
                return _function.Address(Locate(unary.Operand).Place);
            default:
                return Step(unary, needsValue: true)!.Value;
        }
    }

    // x++ and the like, of variables and maps.
    private IrValue? Step(UnaryExpression unary, bool needsValue)
    {
        int step = unary.Operator is UnaryOperator.PreIncrement or UnaryOperator.PostIncrement ? 1 : -1;
        if (unary.Operand.Type is PointerType { Target.Size: > 0 } pointer)
            step *= pointer.Target.Size;
        bool isBefore = unary.Operator is UnaryOperator.PreIncrement or UnaryOperator.PreDecrement;
        if (unary.Operand is not ScratchVariable variable)
            return StepMap(unary.Operand, step, isBefore, needsValue);
        IrValue own = StorageOf(variable).Value!.Value;
        IrValue? old = null;
        if (needsValue && !isBefore)
        {
            old = _function.NewValue();
            _function.Copy(old.Value, own);
        }
        _function.Copy(own, Truncate(_function.Arithmetic(BpfArithmetic.Add, own, step), variable.Type!));
        Assigned(variable);
        return old ?? own;
    }

    private IrValue Calculate(BinaryOperator operation, IrValue left, ScriptType leftType, IrValue right, ScriptType rightType, int? warning)
    {
        bool isSigned = IsSignedTogether(leftType, rightType);
        if (leftType is PointerType { Target.Size: var element } && rightType is PointerType)
            return SignedDivide(_function.Arithmetic(BpfArithmetic.Subtract, left, right), _function.Constant(Math.Max(element, 1)), isModulo: false);
        // Steps of an address are elements of what it leads to.
        if (leftType is PointerType { Target.Size: > 1 } pointer)
            right = _function.Arithmetic(BpfArithmetic.Multiply, right, pointer.Target.Size);
        else if (rightType is PointerType { Target.Size: > 1 } added)
            left = _function.Arithmetic(BpfArithmetic.Multiply, left, added.Target.Size);
        return operation switch
        {
            BinaryOperator.Add => _function.Arithmetic(BpfArithmetic.Add, left, right),
            BinaryOperator.Subtract => _function.Arithmetic(BpfArithmetic.Subtract, left, right),
            BinaryOperator.Multiply => _function.Arithmetic(BpfArithmetic.Multiply, left, right),
            BinaryOperator.BitwiseAnd => _function.Arithmetic(BpfArithmetic.And, left, right),
            BinaryOperator.BitwiseOr => _function.Arithmetic(BpfArithmetic.Or, left, right),
            BinaryOperator.BitwiseXor => _function.Arithmetic(BpfArithmetic.ExclusiveOr, left, right),
            BinaryOperator.ShiftLeft => _function.Arithmetic(BpfArithmetic.ShiftLeft, left, right),
            BinaryOperator.ShiftRight => _function.Arithmetic(IsSigned(leftType) ? BpfArithmetic.ArithmeticShiftRight : BpfArithmetic.ShiftRight, left, right),
            BinaryOperator.Divide or BinaryOperator.Modulo => Divide(left, right, isSigned, operation == BinaryOperator.Modulo, warning),
            _ => throw new InvalidOperationException($"{operation} has no number."),
        };
    }

    private IrValue Divide(IrValue left, IrValue right, bool isSigned, bool isModulo, int? warning)
    {
        IrValue result = _function.NewValue();
        IrLabel good = _function.NewLabel(), end = _function.NewLabel();
        if (warning is { } action)
        {
            _function.JumpIf(BpfCondition.NotEqual, right, 0, good);
            Event(action, (place, layout) => Zero(place.At(layout.Offsets[0]), layout.Size - layout.Offsets[0]));
            _function.Constant(result, 1);
            _function.Jump(end);
            _function.Mark(good);
        }
        _function.Copy(result, isSigned ? SignedDivide(left, right, isModulo) : _function.Arithmetic(isModulo ? BpfArithmetic.Modulo : BpfArithmetic.Divide, left, right));
        _function.Mark(end);
        return result;
    }

    // The machine divides signed numbers since Linux 6.6 alone: their amounts are divided, and the sign is that of C.
    private IrValue SignedDivide(IrValue left, IrValue right, bool isModulo)
    {
        IrValue amount = Amount(left), result = _function.NewValue();
        _function.Arithmetic(isModulo ? BpfArithmetic.Modulo : BpfArithmetic.Divide, result, amount, Amount(right));
        IrLabel end = _function.NewLabel();
        IrValue sign = isModulo ? left : _function.Arithmetic(BpfArithmetic.ExclusiveOr, left, right);
        _function.JumpIf(BpfCondition.SignedGreaterOrEqual, sign, 0, end);
        _function.Copy(result, _function.Negate(result));
        _function.Mark(end);
        return result;
    }

    private IrValue Amount(IrValue value)
    {
        IrValue amount = _function.NewValue();
        IrLabel end = _function.NewLabel();
        _function.Copy(amount, value);
        _function.JumpIf(BpfCondition.SignedGreaterOrEqual, value, 0, end);
        _function.Copy(amount, _function.Negate(value));
        _function.Mark(end);
        return amount;
    }

    private static bool IsSignedTogether(ScriptType left, ScriptType right) =>
        TypeRules.IntegerOf(left) is { } first && TypeRules.IntegerOf(right) is { } second && TypeRules.Common(first, second).IsSigned;

    private IrValue Cast(CastExpression cast)
    {
        ScriptType from = TypeRules.ValueOf(cast.Operand.Type!), to = cast.Type!;
        if (to is BooleanType)
            return Truth(cast.Operand);
        // A number of fewer bytes is extended by its own sign; the bits that a wider unsigned type then has are those of C.
        if (from.IsScalar)
            return Truncate(Scalar(cast.Operand), to);
        // The bytes of an array as a number.
        return ReadNumber(Locate(cast.Operand), to);
    }

    private IrValue Choice(IfExpression choice)
    {
        // The branch that is not taken may have no types.
        if (choice.Condition.Constant is { } known)
            return Scalar(known == 0 ? choice.Else! : choice.Then ?? choice.Condition);
        IrValue result = _function.NewValue();
        IrLabel otherwise = _function.NewLabel(), end = _function.NewLabel();
        if (choice.Then is { } then)
        {
            Branch(choice.Condition, otherwise, when: false);
            _function.Copy(result, Scalar(then));
        }
        else
        {
            _function.Copy(result, Scalar(choice.Condition));
            _function.JumpIf(BpfCondition.Equal, result, 0, otherwise);
        }
        _function.Jump(end);
        _function.Mark(otherwise);
        _function.Copy(result, Scalar(choice.Else!));
        _function.Mark(end);
        return result;
    }

    // Conditions as numbers: 1 or 0.
    private IrValue Truth(Expression condition)
    {
        IrValue result = _function.NewValue();
        IrLabel end = _function.NewLabel();
        _function.Constant(result, 0);
        Branch(condition, end, when: false);
        _function.Constant(result, 1);
        _function.Mark(end);
        return result;
    }
}
