namespace PerfTrace.BpfTrace;

// Calls, and what checks of their arguments have in common.
internal sealed partial class ProbeChecker
{
    private ScriptType? VisitCall(CallExpression call)
    {
        (call.Function, call.Action, call.Text, call.Definition) = (ScriptFunction.None, null, null, null);
        if (_script.FindFunction(call.Name) is { } own)
            return VisitOwnCall(call, own);
        if (ScriptFunctions.Find(call.Name) is not { } rule)
        {
            foreach (Expression argument in call.Arguments)
                Visit(argument);
            return Error(call.NameSpan, BuiltinVariable.Find(call.Name) is null ? $"there is no function '{call.Name}'" : $"'{call.Name}' takes no arguments",
                Messages.IsSilent ? null : Hints.Nearest(call.Name, ScriptFunctions.Names.Concat(_script.FunctionNames)));
        }
        call.Function = rule.Function;
        if (rule.IsUnsafe && !Settings.IsUnsafeAllowed)
            Error(call.NameSpan, $"{call.Name}() changes processes or the kernel, and that is not permitted", "-Unsafe permits it");
        if ((rule.Providers & _context.Provider) == 0)
            Error(call.NameSpan, $"{call.Name}() can not be called in {NameOf(_context.Provider)} probes", $"it can in {NamesOf(rule.Providers)}");
        if (IsAggregate(rule.Function) && !_assignedCalls.Contains(call))
            return Error(call, $"{call.Name}() stands only as what a map is assigned", $"@x = {call.Span.Text}");
        int count = call.Arguments.Count;
        if (count < rule.Least || count > rule.Most)
            return Error(call, $"{call.Name}() takes {(count > rule.Most && rule.Most > 100 ? $"at most {rule.Most} arguments" : Range(rule))}, and {(count == 1 ? "1 is" : $"{count} are")} given");
        return rule.Check(this, call);
    }

    private static string Range(FunctionRule rule) => (rule.Least, rule.Most) switch
    {
        (0, 0) => "no arguments",
        (1, 1) => "1 argument",
        (var least, var most) when least == most => $"{least} arguments",
        (0, 1) => "at most 1 argument",
        (0, var most) => $"at most {most} arguments",
        (var least, > 100) => $"at least {least} argument",
        (var least, var most) => $"{least} to {most} arguments",
    };

    private static bool IsAggregate(ScriptFunction function) => function is >= ScriptFunction.Count and <= ScriptFunction.TSeries;

    private ScriptType? Wrong(CallExpression call, int argument, string wanted) =>
        Error(call.Arguments[argument], $"{call.Name}() takes {wanted} here, not a value of type {call.Arguments[argument].Type?.Name ?? "?"}");

    /// <summary>An argument that is a number; null when it is none, or not known yet.</summary>
    private IntegerType? NumberArgument(CallExpression call, int at)
    {
        if (Visit(call.Arguments[at]) is not { } type)
            return null;
        if (TypeRules.IntegerOf(type) is { } integer)
            return integer;
        Wrong(call, at, "a number");
        return null;
    }

    /// <summary>An argument whose number must be known before the script runs.</summary>
    private long? KnownNumber(CallExpression call, int at, long least, long most)
    {
        if (Visit(call.Arguments[at]) is not { } type)
            return null;
        if (Number(call.Arguments[at]) is not { } number)
        {
            if (TypeRules.IntegerOf(type) is null)
                Wrong(call, at, "a number");
            else
                Error(call.Arguments[at], $"{call.Name}() takes a number here that is known before the script runs");
            return null;
        }
        if (number >= least && number <= most)
            return (long)number;
        Error(call.Arguments[at], most == long.MaxValue ? $"{call.Name}() takes a number from {least} here, not {number}" : $"{call.Name}() takes a number from {least} to {most} here, not {number}");
        return null;
    }

    /// <summary>An argument that must be a text between quotes.</summary>
    private string? KnownText(CallExpression call, int at, bool isUnbounded = false)
    {
        Expression argument = Bare(call.Arguments[at]);
        if (argument is StringLiteral text)
        {
            // A format does not go through the kernel: it may be of any length.
            call.Arguments[at].Type = argument.Type = isUnbounded ? new StringType(text.Bytes.Length + 1) : VisitString(text);
            return text.Value;
        }
        ScriptType? type = Visit(argument);
        if (type is not null)
            Error(call.Arguments[at], $"{call.Name}() takes a text between quotes here{(type is StringType ? ": it must be known before the script runs" : $", not a value of type {type.Name}")}");
        return null;
    }

    /// <summary>A map as a whole.</summary>
    private CheckedMap? MapArgument(CallExpression call, int at = 0)
    {
        Expression argument = Bare(call.Arguments[at]);
        if (argument is not MapExpression whole)
        {
            Error(argument, argument is MapAccess access ? $"{call.Name}() takes a whole map here: {access.Map.Name}" : $"{call.Name}() takes a map here");
            return null;
        }
        CheckedMap map = Maps[whole.Name];
        whole.Type = argument.Type = map.Value;
        if (_isLast && map.HasKey is null)
            Error(whole, $"the map {whole.Name} is never assigned");
        return map;
    }

    /// <summary>A word that the function knows: <c>perf</c>, <c>boot</c>; null when the argument is no bare word.</summary>
    private static string? Word(Expression argument) => (Bare(argument) as IdentifierExpression)?.Name;

    /// <summary>Without the blocks that macros put around what is given to them.</summary>
    private static Expression Bare(Expression argument)
    {
        while (argument is BlockExpression { Statements.Count: 0, Value: { } inner })
            argument = inner;
        return argument;
    }

    private int Text(string text) => _isLast ? _script.Actions.Text(text) : 0;

    private void Act(CallExpression call, ScriptActionKind kind, IReadOnlyList<ScriptType> types, Func<ScriptAction, ScriptAction>? with = null)
    {
        if (!_isLast)
            return;
        var action = new ScriptAction(kind, new EventLayout(types)) { Span = call.Span };
        call.Action = _script.Actions.Number(call, with is null ? action : with(action));
    }
}
