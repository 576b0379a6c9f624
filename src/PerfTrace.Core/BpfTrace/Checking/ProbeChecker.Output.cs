using System.Globalization;

namespace PerfTrace.BpfTrace;

// What is done outside of the kernel.
internal sealed partial class ProbeChecker
{
    public ScriptType? CheckFormat(CallExpression call, ScriptActionKind kind)
    {
        var types = new List<ScriptType>();
        for (int i = 1; i < call.Arguments.Count; i++)
        {
            if (Visit(call.Arguments[i]) is not { } type)
                continue;
            if (type is (AggregateType or VoidType) && !TypeRules.IsCountable(type))
                Error(call.Arguments[i], $"a value of type {type.Name} can not be written by a format", type is AggregateType ? "print() writes it" : null);
            else
                types.Add(Carried(type));
        }
        if (KnownText(call, 0, isUnbounded: true) is not { } format || types.Count != call.Arguments.Count - 1)
            return VoidType.Instance;
        if (PrintfFormat.Parse(format).Check(types) is { } problem)
            Error(call, problem);
        Act(call, kind, types, a => a with { Text = format });
        return VoidType.Instance;
    }

    public ScriptType CheckPrint(CallExpression call)
    {
        Expression argument = Bare(call.Arguments[0]);
        long top = 0, divisor = 0;
        if (call.Arguments.Count > 1 && argument is not MapExpression)
            Error(call.Arguments[1], "print() of a value takes nothing else", "of a whole map it takes how many entries, and by what their values are divided");
        else if (call.Arguments.Count > 1)
            (top, divisor) = (KnownNumber(call, 1, 0, int.MaxValue) ?? 0, call.Arguments.Count > 2 ? KnownNumber(call, 2, 0, long.MaxValue) ?? 0 : 0);
        if (argument is MapExpression)
            PrintMap(call, (int)top, divisor);
        else
            PrintValue(call, argument);
        return VoidType.Instance;
    }

    private void PrintMap(CallExpression call, int top, long divisor)
    {
        if (MapArgument(call) is not { } map)
            return;
        if (map.Value is AggregateType { Kind: AggregateKind.Statistics } && call.Arguments.Count > 1)
        {
            Messages.Warn(call.Span, "of a map of stats() all is printed");
            (top, divisor) = (0, 0);
        }
        // Alone, and not from other values, a map without keys is printed as a map is: all of it at once.
        Act(call, ScriptActionKind.PrintMap, [], a => a with { Map = map.Planned, Top = top, Divisor = divisor });
    }

    private void PrintValue(CallExpression call, Expression argument)
    {
        if (Visit(argument) is not { } type)
            return;
        call.Arguments[0].Type = type;
        if (type is VoidType)
            Error(argument, "print() has nothing to print here");
        else if (type is AggregateType { HasBucket: true })
            Error(argument, $"a single value of type {type.Name} can not be printed", "print() of the whole map can");
        else if (type is AggregateType { Kind: AggregateKind.Statistics } && argument is MapAccess access && Maps[access.Map.Name] is { Key: { } key } map)
            Act(call, ScriptActionKind.PrintEntry, [key], a => a with { Map = map.Planned });
        else if (type is AggregateType { Kind: AggregateKind.Statistics })
            Error(argument, $"a value of type {type.Name} can not be printed without its map");
        else
            Act(call, ScriptActionKind.PrintValue, [Carried(type)]);
    }

    /// <summary>A value as an event carries it: an aggregate's number, the arguments themselves and not their address.</summary>
    private static ScriptType Carried(ScriptType type) => type switch
    {
        PointerType { Space: MemorySpace.Context, Target: RecordType { Tag: "" } arguments } => arguments,
        IntegerType integer => new IntegerType(integer.Bytes, integer.IsSigned),
        _ => TypeRules.Plain(TypeRules.ValueOf(type)),
    };

    public ScriptType CheckMapAction(CallExpression call, ScriptActionKind kind)
    {
        if (MapArgument(call) is { } map)
            Act(call, kind, [], a => a with { Map = map.Planned });
        return VoidType.Instance;
    }

    public ScriptType CheckExit(CallExpression call)
    {
        if (call.Arguments.Count > 0)
            NumberArgument(call, 0);
        Act(call, ScriptActionKind.Exit, [IntegerType.Int32]);
        return VoidType.Instance;
    }

    public ScriptType CheckUnwatch(CallExpression call)
    {
        if (Visit(call.Arguments[0]) is { } type && type is not PointerType && TypeRules.IntegerOf(type) is null)
            Wrong(call, 0, "the address of a watchpoint");
        Act(call, ScriptActionKind.Unwatch, [IntegerType.UInt64]);
        return VoidType.Instance;
    }

    public ScriptType CheckTime(CallExpression call)
    {
        string? format = call.Arguments.Count > 0 ? KnownText(call, 0, isUnbounded: true) : "%H:%M:%S\n";
        if (format is not null)
            Act(call, ScriptActionKind.Time, [], a => a with { Text = format });
        return VoidType.Instance;
    }

    // A count, then so many strings.
    public ScriptType CheckJoin(CallExpression call)
    {
        const int MostStrings = 16;
        if (Visit(call.Arguments[0]) is { } type && type is not PointerType && TypeRules.IntegerOf(type) is null)
            Wrong(call, 0, "the address of an array of strings");
        string? separator = call.Arguments.Count > 1 ? KnownText(call, 1) : " ";
        if (separator is not null)
        {
            var types = new List<ScriptType> { IntegerType.Int64 };
            types.AddRange(Enumerable.Repeat(new StringType(Settings.MaximumStringLength), MostStrings));
            Act(call, ScriptActionKind.Join, types, a => a with { Text = separator });
        }
        return VoidType.Instance;
    }

    // if (!condition) { errorf("assert failed: %s", message); exit(1); }
    public ScriptType? CheckAssert(CallExpression call)
    {
        if (TextArgument(call, 1) is null)
            return VoidType.Instance;
        SourceSpan span = call.Span;
        return Mean(call, call.Meaning ?? new IfExpression(span, new UnaryExpression(span, UnaryOperator.LogicalNot, call.Arguments[0]), new BlockExpression(span,
        [
            new ExpressionStatement(span, new CallExpression(span, "errorf", [new StringLiteral(span, "assert failed: %s"), call.Arguments[1]])),
            new ExpressionStatement(span, new CallExpression(span, "exit", [new IntegerLiteral(span, 1)])),
        ]), null));
    }

    public ScriptType CheckStaticAssert(CallExpression call)
    {
        Condition(call.Arguments[0]);
        string? message = KnownText(call, 1);
        if (call.Arguments[0].Type is not null && Number(call.Arguments[0]) is not { } holds)
            Error(call.Arguments[0], "static_assert() takes a condition that is known before the script runs");
        else if (Number(call.Arguments[0]) == 0 && message is not null)
            Error(call, message);
        return VoidType.Instance;
    }

    // What is written is known before the script runs, as is that it is reached.
    public ScriptType CheckFail(CallExpression call)
    {
        var values = new List<string>();
        foreach (Expression argument in call.Arguments.Skip(1))
        {
            if (Visit(argument) is null)
                continue;
            if (TextOf(argument) is { } text)
                values.Add(text);
            else if (Number(argument) is { } number)
                values.Add(number.ToString(CultureInfo.InvariantCulture));
            else
                Error(argument, "fail() takes values that are known before the script runs");
        }
        if (KnownText(call, 0, isUnbounded: true) is { } message && _dead == 0)
            Error(call, PrintfFormat.Parse(message).WithTexts(values));
        return VoidType.Instance;
    }
}
