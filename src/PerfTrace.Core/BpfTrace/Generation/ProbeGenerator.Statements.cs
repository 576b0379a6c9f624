using PerfTrace.Bpf;

namespace PerfTrace.BpfTrace;

internal sealed partial class ProbeGenerator
{
    /// <summary>The statements of a block, and what is done with its value while its variables are there.</summary>
    private void Block(BlockExpression block, Action? withValue = null)
    {
        (int, int) mark = Mark();
        // Room for the variables of the block outlives the statement that assigns them first.
        foreach (Statement statement in block.Statements)
        {
            switch (statement)
            {
                case AssignStatement { Target: ScratchVariable assigned }:
                    StorageOf(assigned);
                    break;
                case LetStatement { Variable.Variable.Type: not null } let:
                    StorageOf(let.Variable);
                    break;
            }
        }
        foreach (Statement statement in block.Statements)
        {
            (int, int) statementMark = Mark();
            At(statement, () => Statement(statement));
            Release(statementMark);
        }
        withValue?.Invoke();
        Release(mark);
    }

    // Goes into blocks that are in each other, to what stands last.
    private void InBlocks(Expression expression, Action withValue)
    {
        if (expression is BlockExpression { Value: { } value } block)
            Block(block, () => InBlocks(value, withValue));
        else
            withValue();
    }

    private void Statement(Statement statement)
    {
        switch (statement)
        {
            case ExpressionStatement { Expression: var expression }:
                Effect(expression);
                break;
            case DiscardStatement discard:
                Effect(discard.Expression);
                break;
            case AssignStatement assignment:
                Assign(assignment);
                break;
            case LetStatement { Value: { } value } let:
                AssignVariable(let.Variable, value);
                break;
            case LetStatement { Variable.Variable.Type: { IsScalar: false } type } declaration:
                Zero(StorageOf(declaration.Variable).Place, type.Size);
                break;
            case LetStatement { Variable.Variable.Type: not null } declaration:
                // Each round of a loop declares it anew.
                _function.Constant(StorageOf(declaration.Variable).Value!.Value, 0);
                Assigned(declaration.Variable);
                break;
            case LetStatement:
                break;
            case WhileStatement loop:
                While(loop);
                break;
            case UnrollStatement unroll:
                Unroll(unroll);
                break;
            case ForRangeStatement range:
                ForRange(range);
                break;
            case ForMapStatement loop:
                ForMap(loop);
                break;
            case JumpStatement { Kind: JumpKind.Return, Value: var result }:
                Return(result);
                break;
            case JumpStatement jump:
                _function.Jump(jump.Kind == JumpKind.Break ? _loops.Peek().Break : _loops.Peek().Continue);
                break;
            default:
                throw NotPossible(statement, "this statement can not be compiled yet");
        }
    }

    // An expression for what it does.
    private void Effect(Expression expression)
    {
        expression = expression.Meaning ?? expression;
        switch (expression)
        {
            case CallExpression { Function: ScriptFunction.Delete } delete:
                DeleteOrTell(delete);
                break;
            case IfExpression choice:
                If(choice);
                break;
            case BlockExpression block:
                Block(block, block.Value is { } value ? () => Effect(value) : null);
                break;
            case CallExpression call when call.Type is null or VoidType:
                Call(call);
                break;
            case UnaryExpression { Operator: UnaryOperator.PreIncrement or UnaryOperator.PreDecrement or UnaryOperator.PostIncrement or UnaryOperator.PostDecrement } step:
                Step(step, needsValue: false);
                break;
            default:
                if (expression.Type is { IsScalar: true })
                    Scalar(expression);
                else if (expression.Type is { Size: > 0 })
                    InMemory(expression);
                break;
        }
    }

    private void If(IfExpression choice)
    {
        // The branch that is not taken may have no types.
        if (choice.Condition.Constant is { } known)
        {
            if ((known != 0 ? choice.Then : choice.Else) is { } taken)
                Effect(taken);
            return;
        }
        IrLabel otherwise = _function.NewLabel(), end = _function.NewLabel();
        At(choice.Condition, () => Branch(choice.Condition, otherwise, when: false));
        if (choice.Then is { } then)
            Effect(then);
        if (choice.Else is { } alternative)
        {
            _function.Jump(end);
            _function.Mark(otherwise);
            Effect(alternative);
            _function.Mark(end);
        }
        else
        {
            _function.Mark(otherwise);
        }
    }

    private void While(WhileStatement loop)
    {
        IrLabel begin = _function.NewLabel(), end = _function.NewLabel();
        _function.Mark(begin);
        At(loop.Condition, () => Branch(loop.Condition, end, when: false));
        _loops.Push((end, begin));
        Repeated(long.MaxValue, () => Block(loop.Body));
        _loops.Pop();
        _function.Jump(begin);
        _function.Mark(end);
    }

    // What the verifier goes through so many times.
    private void Repeated(long rounds, Action add)
    {
        long before = _rounds;
        _rounds = rounds > long.MaxValue / before ? long.MaxValue : rounds * before;
        add();
        _rounds = before;
    }

    private void Unroll(UnrollStatement unroll)
    {
        ulong count = unroll.Count is IntegerLiteral literal ? literal.Value : throw NotPossible(unroll.Count, "unroll() takes a literal number");
        IrLabel end = _function.NewLabel();
        for (ulong i = 0; i < count; i++)
        {
            IrLabel next = _function.NewLabel();
            _loops.Push((end, next));
            Repeated((long)count, () => Block(unroll.Body));
            _loops.Pop();
            _function.Mark(next);
        }
        _function.Mark(end);
    }

    // A copy that later assignments do not change.
    private IrValue Kept(Expression expression)
    {
        IrValue value = _function.NewValue();
        _function.Copy(value, Scalar(expression));
        return value;
    }

    private void Assign(AssignStatement assignment)
    {
        switch (assignment.Target)
        {
            case ScratchVariable variable when assignment.Operator is { } operation:
                IrValue own = StorageOf(variable).Value!.Value;
                IrValue before = Effects.In(assignment.Value) ? Kept(variable) : own;
                _function.Copy(own, Truncate(Calculate(operation, before, variable.Type!, Scalar(assignment.Value), assignment.Value.Type!, assignment.Warning), variable.Type!));
                Assigned(variable);
                break;
            case ScratchVariable variable:
                AssignVariable(variable, assignment.Value);
                break;
            default:
                AssignMap(assignment);
                break;
        }
    }

    private void AssignVariable(ScratchVariable variable, Expression value)
    {
        Storage storage = StorageOf(variable);
        if (storage.Value is { } own)
        {
            _function.Copy(own, Convert(Scalar(value), value.Type!, variable.Variable!.Type!));
            Assigned(variable);
        }
        else
            Into(value, storage.Place, variable.Variable!.Type!);
    }

    // A number as a variable of its type has it: extended to 8 bytes by that type's sign. One that the type has room for is that already.
    private IrValue Convert(IrValue value, ScriptType from, ScriptType to)
    {
        bool fits = IsSigned(from) == IsSigned(to) ? from.Size <= to.Size : IsSigned(to) && from.Size < to.Size;
        return fits ? value : Truncate(value, to);
    }
}
