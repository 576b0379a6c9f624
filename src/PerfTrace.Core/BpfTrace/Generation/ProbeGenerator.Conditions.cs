using PerfTrace.Bpf;

namespace PerfTrace.BpfTrace;

// Conditions, as jumps.
internal sealed partial class ProbeGenerator
{
    /// <summary>Jumps where the condition holds (or does not); goes on otherwise.</summary>
    private void Branch(Expression condition, IrLabel target, bool when)
    {
        condition = condition.Meaning ?? condition;
        switch (condition)
        {
            case UnaryExpression { Operator: UnaryOperator.LogicalNot } not:
                Branch(not.Operand, target, !when);
                break;
            case BinaryExpression { Operator: BinaryOperator.LogicalAnd or BinaryOperator.LogicalOr } both:
                // All of them decide one way, the first of them the other way.
                if (when == (both.Operator == BinaryOperator.LogicalOr))
                {
                    Branch(both.Left, target, when);
                    Branch(both.Right, target, when);
                }
                else
                {
                    IrLabel end = _function.NewLabel();
                    Branch(both.Left, end, !when);
                    Branch(both.Right, target, when);
                    _function.Mark(end);
                }
                break;
            case BinaryExpression { Operator: >= BinaryOperator.Equal and <= BinaryOperator.GreaterOrEqual } comparison:
                Compare(comparison, target, when);
                break;
            case { Constant: { } known }:
                if (known != 0 == when)
                    _function.Jump(target);
                break;
            case BooleanLiteral literal:
                if (literal.Value == when)
                    _function.Jump(target);
                break;
            case { Type: StringType }:
                // A text is true when it is not empty.
                IrValue first = _function.Load(BpfSize.Bits8, InMemory(condition));
                _function.JumpIf(when ? BpfCondition.NotEqual : BpfCondition.Equal, first, 0, target);
                break;
            default:
                _function.JumpIf(when ? BpfCondition.NotEqual : BpfCondition.Equal, Scalar(condition), 0, target);
                break;
        }
    }

    private void Compare(BinaryExpression comparison, IrLabel target, bool when)
    {
        // Of an aggregate its number, which is that of all CPUs.
        ScriptType left = TypeRules.ValueOf(comparison.Left.Type!), right = TypeRules.ValueOf(comparison.Right.Type!);
        if (!left.IsScalar || !right.IsScalar)
        {
            CompareBytes(comparison, target, when);
            return;
        }
        bool isSigned = IsSignedTogether(left, right);
        BpfCondition condition = (comparison.Operator, when) switch
        {
            (BinaryOperator.Equal, true) or (BinaryOperator.NotEqual, false) => BpfCondition.Equal,
            (BinaryOperator.Equal, false) or (BinaryOperator.NotEqual, true) => BpfCondition.NotEqual,
            (BinaryOperator.Less, true) or (BinaryOperator.GreaterOrEqual, false) => isSigned ? BpfCondition.SignedLess : BpfCondition.Less,
            (BinaryOperator.LessOrEqual, true) or (BinaryOperator.Greater, false) => isSigned ? BpfCondition.SignedLessOrEqual : BpfCondition.LessOrEqual,
            (BinaryOperator.Greater, true) or (BinaryOperator.LessOrEqual, false) => isSigned ? BpfCondition.SignedGreater : BpfCondition.Greater,
            _ => isSigned ? BpfCondition.SignedGreaterOrEqual : BpfCondition.GreaterOrEqual,
        };
        IrValue value = Left(comparison);
        _function.JumpIf(condition, value, Operand(comparison.Right), target);
    }

    private IrOperand Operand(Expression expression) =>
        (expression.Constant ?? (expression is IntegerLiteral literal ? (long)literal.Value : null)) is { } known ? _function.Operand(known) : Scalar(expression);

    // Texts through their end, other things byte by byte; only for equality.
    private void CompareBytes(BinaryExpression comparison, IrLabel target, bool when)
    {
        bool wantsEqual = comparison.Operator == BinaryOperator.Equal == when;
        IrLabel differ = wantsEqual ? _function.NewLabel() : target;
        (int, int) mark = Mark();
        if (comparison.Left is StringLiteral || comparison.Right is StringLiteral)
        {
            (Expression text, StringLiteral literal) = comparison.Right is StringLiteral last ? (comparison.Left, last) : (comparison.Right, (StringLiteral)comparison.Left);
            if (text.Type is ResolvedType { Kind: ResolvedKind.ProbeName })
                _function.JumpIf(BpfCondition.NotEqual, _function.Load(BpfSize.Bits64, InMemory(text)), NumberOfProbe(literal.Value), differ);
            else
                CompareLiteral(InMemory(text), text.Type!.Size, literal, differ);
        }
        else
        {
            IrPlace left = InMemory(comparison.Left), right = InMemory(comparison.Right);
            int size = Math.Min(comparison.Left.Type!.Size, comparison.Right.Type!.Size);
            for (int at = 0, chunk; at < size; at += chunk)
            {
                chunk = Chunk(size - at, left.Offset + at, right.Offset + at);
                _function.JumpIf(BpfCondition.NotEqual, _function.Load(SizeOf(chunk), left.At(at)), _function.Load(SizeOf(chunk), right.At(at)), differ);
            }
        }
        Release(mark);
        if (!wantsEqual)
            return;
        _function.Jump(target);
        _function.Mark(differ);
    }

    // Of a name that no probe of the script has it is none of theirs.
    private int NumberOfProbe(string name)
    {
        string known = name is "BEGIN" or "END" ? name.ToLowerInvariant() : name; // as older scripts write them
        for (int i = 0; i < _plan.ProbeNames.Count; i++)
        {
            if (_plan.ProbeNames[i] == known)
                return i;
        }
        return -1;
    }

    // Through the literal's zero: what stands behind it in the room of the other does not count.
    private void CompareLiteral(IrPlace place, int room, StringLiteral literal, IrLabel differ)
    {
        byte[] bytes = [.. literal.Bytes.Span, 0];
        if (bytes.Length > room)
        {
            _function.Jump(differ);
            return;
        }
        for (int at = 0, chunk; at < bytes.Length; at += chunk)
        {
            chunk = Chunk(bytes.Length - at, place.Offset + at);
            _function.JumpIf(BpfCondition.NotEqual, _function.Load(SizeOf(chunk), place.At(at)), _function.Operand(Word(bytes.AsSpan(at, chunk))), differ);
        }
    }
}
