namespace PerfTrace.BpfTrace;

// Functions that the script defines.
internal sealed partial class ProbeChecker
{
    private readonly Dictionary<FunctionParameter, LocalVariable> _parameters = [];

    /// <summary>What the function returns; null: not known yet.</summary>
    private ScriptType? _result;

    private ScriptType? VisitOwnCall(CallExpression call, FunctionDefinition function)
    {
        call.Function = ScriptFunction.Defined;
        call.Definition = function;
        foreach (Expression argument in call.Arguments)
            Visit(argument);
        int count = function.Parameters.Count;
        if (call.Arguments.Count != count)
            return Error(call, $"{call.Name}() takes {(count == 1 ? "1 argument" : $"{count} arguments")}, and {(call.Arguments.Count == 1 ? "1 is" : $"{call.Arguments.Count} are")} given");
        return _script.FunctionChecker(function, _context).Take(this, call);
    }

    // The arguments of a call, which may make room for a text larger.
    private ScriptType? Take(ProbeChecker caller, CallExpression call)
    {
        for (int i = 0; i < call.Arguments.Count; i++)
        {
            FunctionParameter parameter = _definition!.Parameters[i];
            if (call.Arguments[i].Type is not { } type || ParameterOf(parameter) is not { Type: { } declared } variable)
                continue;
            if (type is VoidType || (type is AggregateType && !TypeRules.IsCountable(type)))
                caller.Error(call.Arguments[i], $"a value of type {type.Name} can not be given to a function");
            else if (variable.IsDeclared)
                caller.CheckFits(variable.Name, declared, TypeRules.ValueOf(type), call.Arguments[i], call.Arguments[i]);
            else if (TypeRules.Promote(declared, type, Settings.MaximumStringLength) is not { } grown)
                caller.Error(call.Arguments[i], $"{variable.Name} is of type string, and the value is of type {type.Name}");
            else if (!LiteralTypes.AreSame(grown, declared))
                (variable.Type, Maps.HasChanged) = (grown, true);
        }
        return _result;
    }

    private LocalVariable ParameterOf(FunctionParameter parameter)
    {
        if (!_parameters.TryGetValue(parameter, out LocalVariable? variable))
        {
            _parameters[parameter] = variable = new LocalVariable(parameter.Variable.Name);
            if (Resolve(parameter.DeclaredType) is { } type)
            {
                variable.Type = type;
                // Without a size ("string") it is as large as what is given.
                variable.IsDeclared = type.Size > 0;
            }
        }
        return variable;
    }

    private void DeclareParameters(FunctionDefinition function)
    {
        Scope scope = _scopes.Peek();
        foreach (FunctionParameter parameter in function.Parameters)
        {
            LocalVariable variable = ParameterOf(parameter);
            if (variable.Type is AggregateType or VoidType)
                Error(parameter.DeclaredType, $"no parameter can be of type {variable.Type.Name}");
            if (!scope.Variables.TryAdd(variable.Name, variable))
                Error(parameter, $"the function has two parameters {variable.Name}");
            _assigned.Add(variable);
            variable.IsMerged = true;
            (parameter.Variable.Variable, parameter.Variable.Type) = (variable, variable.Type);
        }
        if (_result is null && Resolve(function.ReturnType) is { } result)
            (_result, Maps.HasChanged) = (result, true);
        function.Result = _result;
        if (_result is AggregateType)
            Error(function.ReturnType, $"no function can return a value of type {_result.Name}");
        if (_isLast && _result is not (null or VoidType) && !Returns(function.Body))
            Error(function, $"not every way through {function.Name}() returns a value");
    }

    private void VisitReturn(JumpStatement jump)
    {
        ScriptType? type = jump.Value is null ? VoidType.Instance : Visit(jump.Value);
        if (type is null || _result is null)
            return;
        if (_result is VoidType != type is VoidType)
            Error(jump, _result is VoidType ? $"{_definition!.Name}() returns nothing" : $"{_definition!.Name}() returns a value of type {_result.Name}");
        else if (_result.Size > 0)
            CheckFits($"what {_definition!.Name}() returns", _result, TypeRules.ValueOf(type), jump.Value, jump);
        else if (_result is not VoidType && TypeRules.Promote(_result, type, Settings.MaximumStringLength) is { } grown && !LiteralTypes.AreSame(grown, _result))
            (_result, _definition!.Result, Maps.HasChanged) = (grown, grown, true);
        else if (_result is not VoidType && TypeRules.Promote(_result, type, Settings.MaximumStringLength) is null)
            Error(jump, $"{_definition!.Name}() returns a string, not a value of type {type.Name}");
    }

    // Whether control never comes to the end of it.
    private static bool Returns(Expression? expression) => expression switch
    {
        BlockExpression block => block.Statements.Any(Returns) || Returns(block.Value),
        IfExpression choice => Returns(choice.Then) && Returns(choice.Else),
        CallExpression { Function: ScriptFunction.Exit } => true,
        _ => false,
    };

    private static bool Returns(Statement statement) => statement switch
    {
        JumpStatement jump => jump.Kind == JumpKind.Return,
        ExpressionStatement { Expression: var expression } => Returns(expression),
        UnrollStatement unroll => Returns(unroll.Body),
        _ => false,
    };
}
