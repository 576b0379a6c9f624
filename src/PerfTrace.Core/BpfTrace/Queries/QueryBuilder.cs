using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Symbols;

namespace PerfTrace.BpfTrace;

/// <summary>Makes the tree of a script out of a query.</summary>
internal sealed class QueryBuilder
{
    // Threads that are between two events at a time.
    private const int MaximumStarts = 16 << 10;

    // Processes that those which are measured start.
    private const int MaximumTargets = 16 << 10;

    // Each bucket that is met of each group is an entry of its own.
    private const int BucketsOfGroup = 8;

    // What a histogram of one group can have at most, and more.
    private const int LeastBuckets = 1024;

    private readonly KernelEventQuery _query;
    private readonly bool _isShared;
    private readonly List<Probe> _probes = [];
    private readonly List<MapDeclaration> _maps = [];
    private readonly Dictionary<string, string> _events = new(StringComparer.Ordinal);
    private readonly List<(string Name, ScriptType Type)> _groups = [];
    private bool _hasEvent;

    private QueryBuilder(KernelEventQuery query)
    {
        _query = query;
        // One program serves all events where it reads no event's own fields.
        _isShared = !Expressions(query).Any(static e => Properties(e).Any(static p => !IsKnownEverywhere(p.Name)));
    }

    /// <param name="query">The query.</param>
    /// <param name="resolver">Finds its events.</param>
    /// <exception cref="ScriptException">There is no such event or property; the kernel can not do what is asked for.</exception>
    public static QueryPlan Build(KernelEventQuery query, ProbeResolver resolver)
    {
        if (query.IsLatency && query is { Count: false, Sum: null, Minimum: null, Maximum: null, Average: null, Histogram: null })
        {
            var latency = new QueryExpression.Property(QueryProperties.LatencyName, new SourceSpan(new ScriptSource("-Latency", ""), 0, 0));
            query = query with { Average = latency, Histogram = new QueryHistogram(latency) };
        }
        // Results are told apart by event in any case.
        query = query with { GroupBy = [.. query.GroupBy.Where(static g => !QueryProperties.IsEventName(g.Value))] };
        return new QueryBuilder(query).Build(new QueryEvents(resolver));
    }

    private QueryPlan Build(QueryEvents events)
    {
        if (_query.IsLatency)
            AddPairs(events.FindPairs(_query.Events));
        else
            AddEvents(events.Find(_query.Events));
        if (_probes.Count == 0)
            throw new ScriptException(new SourceSpan(new ScriptSource("-Event", string.Join(", ", _query.Events)), 0, 0), "there is no such event");
        AddTargets();
        SourceSpan span = _probes[0].Span;
        bool hasKey = _hasEvent || _query.Interval is not null || _groups.Count > 0;
        if (_query.Histogram is not null && hasKey)
            _maps.Add(new MapDeclaration(span, QueryPlan.Histogram, "percpuhash", (ulong)Math.Max((long)_query.MaximumGroups * BucketsOfGroup, LeastBuckets)));
        var tree = new ScriptTree { Source = span.Source, Probes = _probes, Maps = _maps };
        var settings = new ScriptSettings
        {
            MaximumMapKeys = Math.Max(_query.MaximumGroups, _query.Histogram is null ? 0 : LeastBuckets), MaximumProbes = int.MaxValue, PrintMapsOnExit = false, SymbolNames = SymbolNameForm.Short,
        };
        return new QueryPlan(new ReadScript(tree, settings, []), _events, _groups, _hasEvent);
    }

    private void AddEvents(List<QueryEvents.Place> places)
    {
        _hasEvent = places.Count > 1;
        foreach (QueryEvents.Place place in places)
            _events[place.Target.Name] = place.Event;
        foreach (QueryEvents.Place[] part in Parts(places))
        {
            var properties = new QueryProperties(part[0].Target.Context, null, part[0].Event);
            var tree = new QueryTree(part[0].Point.Span);
            (Expression early, Statement[] body) = Body(tree, properties);
            _probes.Add(new Probe(tree.Span, [.. part.Select(static p => p.Point)], Predicate(tree.And(IsTarget(tree), early)), tree.Block(body)));
        }
    }

    // @start[tid] = nsecs; then: $start = @start[tid]; if ($start != 0) { delete(@start, tid); $latency = nsecs - $start; … }
    private void AddPairs(List<(QueryEvents.Place Begin, QueryEvents.Place End)> pairs)
    {
        _hasEvent = pairs.Count > 1;
        foreach ((QueryEvents.Place begin, QueryEvents.Place end) in pairs)
            _events[end.Target.Name] = begin.Event;
        foreach ((QueryEvents.Place Begin, QueryEvents.Place End)[] part in _isShared ? [[.. pairs]] : pairs.Select(static p => new[] { p }))
        {
            (QueryEvents.Place begin, QueryEvents.Place end) = part[0];
            var tree = new QueryTree(end.Point.Span);
            var properties = new QueryProperties(end.Target.Context, begin.Target.Context, begin.Event);
            (Expression early, Statement[] body) = Body(tree, properties);
            Expression thread = tree.Builtin("tid");
            const string start = "$start";
            // What texts are read from may be one that the begin has kept: the statements are in the body.
            Statement[] timed =
            [
                tree.Do(tree.Call("delete", tree.Map(QueryPlan.Start), thread)),
                tree.Let(QueryProperties.LatencyVariable, tree.Binary(tree.Builtin("nsecs"), BinaryOperator.Subtract, tree.Variable(start))),
                .. early is BooleanLiteral { Value: true } ? body : [tree.If(early, body)],
                .. properties.Kept.Select(k => tree.Do(tree.Call("delete", tree.Map(k.Map), thread))),
            ];
            _probes.Add(new Probe(tree.Span, [.. part.Select(static p => p.End.Point)], null, tree.Block(
                tree.Let(start, tree.Entry(QueryPlan.Start, thread)),
                tree.If(tree.Binary(tree.Variable(start), BinaryOperator.NotEqual, tree.Number(0)), timed))));
            var first = new QueryTree(begin.Point.Span);
            Statement[] kept =
            [
                .. properties.Kept.Select(k => first.Assign(first.Entry(k.Map, first.Builtin("tid")), k.Value(first))),
                first.Assign(first.Entry(QueryPlan.Start, first.Builtin("tid")), first.Builtin("nsecs")),
            ];
            _probes.Add(new Probe(first.Span, [.. part.Select(static p => p.Begin.Point)], Predicate(IsTarget(first)), first.Block(kept)));
            foreach (QueryKept one in properties.Kept.Where(k => !_maps.Exists(m => m.Name == k.Map)))
                _maps.Add(new MapDeclaration(first.Span, one.Map, "hash", MaximumStarts));
        }
        _maps.Add(new MapDeclaration(_probes[0].Span, QueryPlan.Start, "hash", MaximumStarts));
    }

    private IEnumerable<QueryEvents.Place[]> Parts(List<QueryEvents.Place> places) => places.Count == 0 ? [] : _isShared ? [[.. places]] : places.Select(static p => new[] { p });

    private static Expression? Predicate(Expression condition) => condition is BooleanLiteral { Value: true } ? null : condition;

    // What numbers decide comes first: texts have to be read.
    private (Expression Early, Statement[] Body) Body(QueryTree tree, QueryProperties properties)
    {
        var lowering = new QueryLowering(properties);
        Expression early = tree.Truth(true), late = tree.Truth(true);
        foreach (QueryExpression part in _query.Where is { } where ? Conjuncts(where) : [])
        {
            properties.HasText = false;
            Expression condition = lowering.Condition(part);
            if (properties.HasText)
                late = tree.And(late, condition);
            else
                early = tree.And(early, condition);
        }
        Statement[] before = [.. properties.Statements];
        properties.Statements.Clear();
        List<Statement> updates = Updates(tree, properties, lowering);
        Statement[] inner = [.. properties.Statements, .. updates];
        return (early, late is BooleanLiteral { Value: true } ? [.. before, .. inner] : [.. before, tree.If(late, inner)]);
    }

    private List<Statement> Updates(QueryTree tree, QueryProperties properties, QueryLowering lowering)
    {
        Expression? key = Key(tree, properties, lowering);
        var calls = new List<(string Map, CallExpression Call)>();
        bool isSumOfAverage = IsSame(_query.Sum, _query.Average);
        if (_query.Average is { } average)
            calls.Add((QueryPlan.Average, tree.Call("avg", lowering.Number(average))));
        if (_query.Sum is { } sum && !isSumOfAverage)
            calls.Add((QueryPlan.Sum, tree.Call("sum", lowering.Number(sum))));
        if (_query.Minimum is { } minimum)
            calls.Add((QueryPlan.Minimum, tree.Call("min", lowering.Number(minimum))));
        if (_query.Maximum is { } maximum)
            calls.Add((QueryPlan.Maximum, tree.Call("max", lowering.Number(maximum))));
        if (_query.Histogram is { } histogram)
        {
            Expression value = lowering.Number(histogram.Value);
            calls.Add((QueryPlan.Histogram, histogram.Step is { } step
                ? tree.Call("lhist", value, tree.Number(histogram.From), tree.Number(histogram.To), tree.Number(step)) : tree.Call("hist", value)));
        }
        if (calls.Count == 0 || (_query.Count && _query is { Average: null, Histogram: null }))
            calls.Insert(0, (QueryPlan.Count, tree.Call("count")));
        var updates = new List<Statement>();
        // Several maps have one key: it is made once.
        if (key is not null && calls.Count > 1)
        {
            updates.Add(tree.Let("$key", key));
            key = tree.Variable("$key");
        }
        foreach ((string map, CallExpression call) in calls)
            updates.Add(tree.Assign(key is null ? tree.Map(map) : tree.Entry(map, key), call));
        return updates;
    }

    // The interval, the event, the groups.
    private Expression? Key(QueryTree tree, QueryProperties properties, QueryLowering lowering)
    {
        var parts = new List<Expression>();
        if (_query.Interval is { } interval)
            parts.Add(tree.Binary(tree.Builtin("elapsed"), BinaryOperator.Divide, tree.Cast("uint64", tree.Number(interval.Ticks * TimeSpan.NanosecondsPerTick))));
        if (_hasEvent)
            parts.Add(tree.Builtin("probe"));
        for (int i = 0; i < _query.GroupBy.Count; i++)
        {
            (string name, QueryExpression value) = _query.GroupBy[i];
            QueryOperand operand = lowering.Key(value);
            // A property has its own name, however it is written.
            if (value is QueryExpression.Property property && property.Name == name)
                name = properties.NameOf(name) ?? name;
            parts.Add(operand.Value);
            // Of several events a field may have several types: then it is shown as a long.
            if (i >= _groups.Count)
                _groups.Add((name, operand.Type));
            else if (_groups[i].Type != operand.Type && operand.Number is not null)
                _groups[i] = (_groups[i].Name, IntegerType.Int64);
        }
        return parts.Count switch
        {
            0 => null,
            1 => parts[0],
            _ => new TupleExpression(tree.Span, parts),
        };
    }

    private Expression IsTarget(QueryTree tree)
    {
        if (_query.ProcessIds.Count == 0)
            return tree.Truth(true);
        if (IsTracked)
            return TargetKeys(tree, "pid").Aggregate((Expression)tree.Truth(false), (any, key) => tree.Or(any, tree.Binary(tree.Entry(QueryPlan.Targets, key), BinaryOperator.NotEqual, tree.Number(0))));
        return _query.ProcessIds.Aggregate((Expression)tree.Truth(false), (any, id) => tree.Or(any, tree.Binary(tree.Builtin("pid"), BinaryOperator.Equal, tree.Number(id))));
    }

    // A command is measured from its exec on, as perf does: what its process does before is not its own.
    private bool IsTracked => _query.ProcessIds.Count > 0 && (_query.IncludesChildren || _query.Command.Count > 0);

    // A process by its number here; in a namespace of its own also by that of the machine, by which alone forks tell children.
    private static Expression[] TargetKeys(QueryTree tree, string number)
    {
        Expression here = tree.Cast("uint64", tree.Builtin(number));
        return ProcessNamespace.Own is null ? [here] : [here, OfMachine(tree, tree.Call(number, new IdentifierExpression(tree.Span, "init")))];
    }

    // No number of a process has more than 22 bits (PID_MAX_LIMIT of include/linux/threads.h).
    private static Expression OfMachine(QueryTree tree, Expression number) =>
        ProcessNamespace.Own is null ? tree.Cast("uint64", number) : tree.Binary(tree.Cast("uint64", number), BinaryOperator.BitwiseOr, tree.Number(1UL << 32));

    // The event comes with each thread's end; the process has ended with the last of them, which need not be the first (do_exit() of kernel/exit.c counts before it tells).
    private static Statement[] Gone(QueryTree tree)
    {
        Statement[] Delete(string number) => [.. TargetKeys(tree, number).Select(key => tree.Do(tree.Call("delete", tree.Map(QueryPlan.Targets), key)))];
        if (!HasKernelTypes())
            return Delete("tid");
        Expression threads = tree.Builtin("curtask");
        foreach (string field in (string[])["signal", "live", "counter"])
            threads = new FieldAccess(tree.Span, threads, field);
        return
        [
            tree.If(tree.Binary(tree.Builtin("tid"), BinaryOperator.NotEqual, tree.Builtin("pid")), Delete("tid")),
            tree.If(tree.Binary(threads, BinaryOperator.Equal, tree.Number(0)), Delete("pid")),
        ];
    }

    private static bool HasKernelTypes()
    {
        try
        {
            return BtfTypes.Kernel.Find("signal_struct", BtfKind.Struct) is not null;
        }
        catch (KernelFeatureException)
        {
            return false;
        }
    }

    // What a process that is measured starts is measured too, from its fork to its end.
    private void AddTargets()
    {
        if (!IsTracked)
            return;
        if (_query.IncludesChildren)
        {
            QueryTree fork = TreeOf("tracepoint:sched:sched_process_fork", out AttachPoint forks);
            Expression child = OfMachine(fork, new FieldAccess(fork.Span, fork.Builtin("args"), "child_pid"));
            _probes.Add(new Probe(fork.Span, [forks], IsTarget(fork), fork.Block(fork.Assign(fork.Entry(QueryPlan.Targets, child), fork.Number(1)))));
        }
        if (_query.Command.Count > 0)
        {
            QueryTree exec = TreeOf("tracepoint:sched:sched_process_exec", out AttachPoint execs);
            Expression isCommand = exec.Binary(exec.Builtin("pid"), BinaryOperator.Equal, exec.Number(_query.ProcessIds[0]));
            // The first, so that the exec itself is counted.
            _probes.Insert(0, new Probe(exec.Span, [execs], isCommand, exec.Block(exec.Assign(exec.Entry(QueryPlan.Targets, TargetKeys(exec, "pid")[0]), exec.Number(1)))));
        }
        QueryTree exit = TreeOf("tracepoint:sched:sched_process_exit", out AttachPoint exits);
        _probes.Add(new Probe(exit.Span, [exits], null, exit.Block(Gone(exit))));
        _maps.Add(new MapDeclaration(exit.Span, QueryPlan.Targets, "hash", MaximumTargets));
    }

    private static QueryTree TreeOf(string name, out AttachPoint point)
    {
        var span = new SourceSpan(new ScriptSource("-ProcessId", name), 0, name.Length);
        var points = new List<AttachPoint>();
        AttachPointParser.Parse(span, ScriptOptions.Default, points, []);
        point = points[0];
        return new QueryTree(span);
    }

    private static bool IsSame(QueryExpression? first, QueryExpression? second) =>
        first is QueryExpression.Property a && second is QueryExpression.Property b && string.Equals(a.Name, b.Name, StringComparison.OrdinalIgnoreCase);

    private static bool IsKnownEverywhere(string name) =>
        QueryProperties.KnownNames.Append(QueryProperties.LatencyName).Contains(name, StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<QueryExpression> Expressions(KernelEventQuery query) =>
        new[] { query.Where, query.Sum, query.Minimum, query.Maximum, query.Average, query.Histogram?.Value }.OfType<QueryExpression>().Concat(query.GroupBy.Select(static g => g.Value));

    private static IEnumerable<QueryExpression.Property> Properties(QueryExpression expression) => expression switch
    {
        QueryExpression.Property property => [property],
        QueryExpression.Unary unary => Properties(unary.Operand),
        QueryExpression.Binary binary => Properties(binary.Left).Concat(Properties(binary.Right)),
        QueryExpression.Compare compare => Properties(compare.Left).Concat(Properties(compare.Right)),
        QueryExpression.Like like => Properties(like.Text),
        _ => [],
    };

    private static IEnumerable<QueryExpression> Conjuncts(QueryExpression condition) =>
        condition is QueryExpression.Binary { Operator: QueryOperator.And } and ? Conjuncts(and.Left).Concat(Conjuncts(and.Right)) : [condition];
}
