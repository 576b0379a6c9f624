namespace PerfTrace.BpfTrace;

// Functions of maps, and len().
internal sealed partial class ProbeChecker
{
    // delete(@x, key), delete(@x) of a map without keys, and the older delete(@x[key]).
    public ScriptType CheckDelete(CallExpression call)
    {
        if (call.Arguments.Count == 1 && call.Arguments[0] is MapAccess access)
        {
            Visit(access);
        }
        else if (MapArgument(call) is { } map)
        {
            map.IsDeleted |= call.Arguments.Count == 1;
            if (call.Arguments.Count == 1)
                Maps.RequireKey(map, hasKey: false, call.Span);
            else
                KeyArgument(call, map);
        }
        // Where nobody asks whether there was an entry, it is told when there was none.
        Act(call, ScriptActionKind.HelperError, [IntegerType.Int32, IntegerType.Int32]);
        return BooleanType.Instance;
    }

    public ScriptType CheckHasKey(CallExpression call)
    {
        if (MapArgument(call) is { } map)
            KeyArgument(call, map);
        return BooleanType.Instance;
    }

    public ScriptType CheckFind(CallExpression call)
    {
        if (MapArgument(call) is not { } map)
            return BooleanType.Instance;
        KeyArgument(call, map);
        if (call.Arguments[2] is not ScratchVariable variable)
            Error(call.Arguments[2], "find() takes a variable here, for the value");
        else if (FindVariable(variable.Name, out _) is null)
            Error(variable, $"there is no variable {variable.Name} here that could take the value", $"let {variable.Name};");
        else if (map.Value is not null)
            AssignVariable(variable, map.Value, call);
        return BooleanType.Instance;
    }

    private void KeyArgument(CallExpression call, CheckedMap map)
    {
        if (Visit(call.Arguments[1]) is { } key)
            Maps.UseKey(map, key, call.Arguments[1].Span);
    }

    public ScriptType CheckLen(CallExpression call)
    {
        if (call.Arguments[0] is MapExpression whole)
        {
            // A map without keys has a value, and that may be a stack.
            CheckedMap map = Maps[whole.Name];
            if (map.HasKey != false || map.Value is not StackType)
            {
                whole.Type = map.Value;
                Maps.RequireKey(map, hasKey: true, whole.Span);
                return IntegerType.Int64;
            }
        }
        if (Visit(call.Arguments[0]) is { } type and not StackType)
            Wrong(call, 0, "a map or a stack");
        return IntegerType.Int64;
    }
}
