namespace PerfTrace.BpfTrace;

/// <summary>Looks at which functions of a script call which: the kernel's machine has no stack for one that comes back to itself.</summary>
internal sealed class ScriptCalls : TreeRewriter
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    private ScriptCalls()
        : base([])
    {
    }

    /// <summary>Tells of functions that are defined twice, that have the name of one of the language's, or that call themselves.</summary>
    public static void Check(ScriptTree tree, ScriptMessages messages)
    {
        var calls = new Dictionary<string, IReadOnlySet<string>>(StringComparer.Ordinal);
        foreach (FunctionDefinition function in tree.Functions)
        {
            if (ScriptFunctions.Find(function.Name) is not null)
                messages.Error(function.Span, $"the language has a function {function.Name}() already", "give it another name");
            if (!calls.TryAdd(function.Name, CalledBy(function)))
                messages.Error(function.Span, $"the function {function.Name}() is defined twice");
        }
        foreach (FunctionDefinition function in tree.Functions)
        {
            if (WayBack(calls, function.Name) is { } way)
                messages.Error(function.Span, $"{function.Name}() calls itself{(way.Count > 1 ? $", through {string.Join(" and ", way.SkipLast(1))}" : "")}", "programs of the kernel have no recursion: use a loop");
        }
    }

    protected override Expression RewriteParts(Expression expression)
    {
        if (expression is CallExpression call)
            _names.Add(call.Name);
        return base.RewriteParts(expression);
    }

    private static HashSet<string> CalledBy(FunctionDefinition function)
    {
        var calls = new ScriptCalls();
        calls.Rewrite(function.Body);
        return calls._names;
    }

    // The functions on a way from one to itself, itself last; null: there is none.
    private static List<string>? WayBack(Dictionary<string, IReadOnlySet<string>> calls, string function)
    {
        var from = new Dictionary<string, string>(StringComparer.Ordinal);
        var open = new Queue<string>([function]);
        while (open.TryDequeue(out string? at))
        {
            foreach (string next in calls[at].Where(calls.ContainsKey).Where(n => from.TryAdd(n, at)))
            {
                if (next != function)
                {
                    open.Enqueue(next);
                    continue;
                }
                var way = new List<string> { function };
                for (string step = at; step != function; step = from[step])
                    way.Insert(0, $"{step}()");
                return way;
            }
        }
        return null;
    }
}
