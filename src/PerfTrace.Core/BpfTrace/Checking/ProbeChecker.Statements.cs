namespace PerfTrace.BpfTrace;

internal sealed partial class ProbeChecker
{
    private const int MostUnrolled = 100;

    // The calls that maps are assigned: the only ones that may be an aggregate's.
    private readonly HashSet<CallExpression> _assignedCalls = [];

    private void Visit(Statement statement)
    {
        switch (statement)
        {
            case ExpressionStatement { Expression: var expression }: VisitForEffect(expression); break;
            case AssignStatement assign: VisitAssign(assign); break;
            case LetStatement let: VisitLet(let); break;
            case DiscardStatement discard: Visit(discard.Expression); break;
            case WhileStatement loop: VisitWhile(loop); break;
            case UnrollStatement unroll: VisitUnroll(unroll); break;
            case ForMapStatement loop: VisitForMap(loop); break;
            case ForRangeStatement loop: VisitForRange(loop); break;
            case JumpStatement jump: VisitJump(jump); break;
        }
    }

    private void VisitForEffect(Expression expression)
    {
        ScriptType? type = Visit(expression);
        bool isEffect = expression is CallExpression { Function: ScriptFunction.Delete or ScriptFunction.Defined } or BlockExpression { Value: null } or IfExpression
            || expression is UnaryExpression { Operator: UnaryOperator.PreIncrement or UnaryOperator.PreDecrement or UnaryOperator.PostIncrement or UnaryOperator.PostDecrement };
        if (type is not (null or VoidType) && !isEffect)
            Messages.Warn(expression.Span, "the value is not used", "_ = … says that it is not wanted");
    }

    private void VisitAssign(AssignStatement assign)
    {
        switch (assign.Target)
        {
            case ScratchVariable variable:
                ScriptType? before = assign.Operator is null ? null : Visit(variable);
                ScriptType? value = Visit(assign.Value);
                // Declared without a type and counted up: a number.
                if (before is null && assign.Operator is not null && variable.Variable is { Type: null })
                    variable.Type = before = LiteralTypes.OfBytes(8);
                if (assign.Operator is { } operation)
                    value = before is null || value is null ? null : Operate(assign, operation, variable, assign.Value);
                AssignVariable(variable, value, assign);
                break;
            case MapExpression map:
                AssignMap(assign, Maps[map.Name], map, null);
                break;
            case MapAccess access:
                AssignMap(assign, Maps[access.Map.Name], access, access.Key);
                break;
            default:
                Error(assign.Target, "only variables and maps can be assigned");
                break;
        }
    }

    private void AssignMap(AssignStatement assign, CheckedMap map, Expression target, Expression? key)
    {
        map.IsAssigned = true;
        ScriptType? keyType = key is null ? null : Visit(key);
        if (key is null)
            Maps.RequireKey(map, hasKey: false, target.Span);
        else if (keyType is not null)
            Maps.UseKey(map, keyType, target.Span);
        var call = Innermost(assign.Value) as CallExpression;
        if (call is not null)
            _assignedCalls.Add(call);
        ScriptType? value = Visit(assign.Value);
        target.Type = map.Value;
        if (value is not null)
        {
            if (call is not null && value is AggregateType aggregate && IsAggregate(call.Function))
            {
                if (assign.Operator is not null)
                    Error(assign, $"{call.Name}() is assigned with '='");
                else
                    Maps.Aggregate(map, aggregate, assign.Span);
            }
            else if (assign.Operator is { } operation)
            {
                // "@x += 1" alone: a number.
                target.Type ??= LiteralTypes.OfBytes(8);
                if (map.Value is AggregateType kept)
                    Error(assign, $"{map.Name} has values of type {kept.Name}, which only {Example(kept)} changes");
                else if (Operate(assign, operation, target, assign.Value) is { } result)
                    Maps.Assign(map, result, assign.Span);
            }
            else
            {
                AssignValue(assign, map, value);
            }
        }
        target.Type = map.Value;
        if (target is MapAccess { Map: var whole })
            whole.Type = map.Value;
    }

    /// <summary>What stands last in blocks that are in each other.</summary>
    internal static Expression Innermost(Expression expression) => expression is BlockExpression { Value: { } value } ? Innermost(value) : expression;

    private void AssignValue(AssignStatement assign, CheckedMap map, ScriptType value)
    {
        if (value is VoidType)
        {
            map.IsRefused = true;
            Error(assign, "what is assigned has no value");
            return;
        }
        // The number of an aggregate: where it is to be a number, the script says so.
        if (value is AggregateType aggregate && (!TypeRules.IsCountable(value) || map.Value is null or AggregateType))
        {
            map.IsRefused = true;
            Error(assign, $"a value of type {value.Name} can not be assigned from one map to another",
                TypeRules.IsCountable(value) ? $"its number can: {map.Name} = (int64){assign.Value.Span.Text}" : $"it comes of a call: {map.Name} = {Example(aggregate)}");
            return;
        }
        if (value is PointerType { Space: MemorySpace.Context })
        {
            map.IsRefused = true;
            Error(assign, "the context of the probe can not be kept in a map");
            return;
        }
        Maps.Assign(map, value, assign.Span);
    }

    private static string Example(AggregateType type) => type.Kind switch
    {
        AggregateKind.Count => "count()",
        AggregateKind.Sum => "sum(n)",
        AggregateKind.Minimum => "min(n)",
        AggregateKind.Maximum => "max(n)",
        AggregateKind.Average => "avg(n)",
        AggregateKind.Statistics => "stats(n)",
        AggregateKind.Histogram => "hist(n)",
        AggregateKind.LinearHistogram => "lhist(n, 0, 100, 10)",
        _ => "tseries(n, 1s, 10)",
    };

    private void VisitLet(LetStatement let)
    {
        ScriptType? value = let.Value is null ? null : Visit(let.Value);
        if (FindVariable(let.Variable.Name, out _) is not null)
        {
            Error(let, $"{let.Variable.Name} is declared in a block around this one already", "give one of them another name");
            return;
        }
        LocalVariable variable = Declare(let.Variable.Name);
        let.Variable.Variable = variable;
        if (let.DeclaredType is { } syntax && Resolve(syntax) is { } declared)
        {
            if (declared is AggregateType or VoidType)
            {
                Error(syntax, $"no variable can be of type {declared.Name}");
                return;
            }
            // Without a size ("string") it is as large as what is assigned.
            variable.IsDeclared = declared.Size > 0;
            if (variable.IsDeclared || variable.Type is null)
                SetType(variable, declared);
        }
        if (let.Value is null)
            variable.IsMerged = true;
        else
            _assigned.Add(variable);
        if (value is not null)
            Grow(variable, value, let);
        else if (variable.Type is null && let.DeclaredType is null && let.Value is null)
        {
            _script.AreLetsOpen = true;
            if (_script.IsLetNumber)
                SetType(variable, LiteralTypes.OfBytes(8));
        }
        let.Variable.Type = variable.Type;
    }

    private void VisitWhile(WhileStatement loop)
    {
        Condition(loop.Condition);
        _loops++;
        Visit(loop.Body);
        _loops--;
    }

    private void VisitUnroll(UnrollStatement unroll)
    {
        Visit(unroll.Count);
        if (Number(unroll.Count) is not { } count)
            Error(unroll.Count, "how often a loop is unrolled must be known before the script runs");
        else if (count < 1 || count > MostUnrolled)
            Error(unroll.Count, $"a loop can be unrolled 1 to {MostUnrolled} times, not {count}");
        Visit(unroll.Body);
    }

    private void VisitForMap(ForMapStatement loop)
    {
        CheckedMap map = Maps[loop.Map.Name];
        Maps.RequireKey(map, hasKey: true, loop.Map.Span);
        ScriptType? item = null;
        if (map.Value is AggregateType aggregate && !TypeRules.IsCountable(aggregate))
            Error(loop.Map, $"a loop can not go over values of type {aggregate.Name}");
        else if (map.Key is not null && map.Value is not null)
            item = new TupleType([map.Key, TypeRules.ValueOf(map.Value)]);
        if (_isLast && map.Key is null)
            Error(loop.Map, $"the map {map.Name} is never assigned");
        loop.Map.Type = map.Value;
        VisitLoop(loop, loop.Variable, item, loop.Body);
    }

    private void VisitForRange(ForRangeStatement loop)
    {
        ScriptType? from = Visit(loop.From), to = Visit(loop.To);
        ScriptType? item = null;
        if (from is not null && to is not null)
        {
            if (TypeRules.IntegerOf(from) is { } first && TypeRules.IntegerOf(to) is { } end)
                item = TypeRules.Common(first, end);
            else
                Error(TypeRules.IntegerOf(from) is null ? loop.From : loop.To, "a range goes from a number to a number");
        }
        VisitLoop(loop, loop.Variable, item, loop.Body);
    }

    // The body is a function of its own to the verifier.
    private void VisitLoop(Statement loop, ScratchVariable variable, ScriptType? item, BlockExpression body)
    {
        if (FindVariable(variable.Name, out _) is not null)
            Error(variable, $"there is a variable {variable.Name} around the loop already", "give one of them another name");
        _functions++;
        _loops++;
        Enter(loop);
        LocalVariable declared = Declare(variable.Name);
        variable.Variable = declared;
        _assigned.Add(declared);
        if (item is not null)
            Grow(declared, item, loop);
        variable.Type = declared.Type;
        Visit(body);
        Leave();
        _loops--;
        _functions--;
    }

    private void VisitJump(JumpStatement jump)
    {
        if (jump.Kind != JumpKind.Return)
        {
            if (_loops == 0)
                Error(jump, jump.Kind == JumpKind.Break ? "'break' outside of a loop" : "'continue' outside of a loop");
            return;
        }
        if (_definition is not null)
            VisitReturn(jump);
        else if (jump.Value is { } value && Visit(value) is { } type && TypeRules.IntegerOf(type) is null)
            Error(value, $"a probe returns a number, not a value of type {type.Name}");
    }
}
