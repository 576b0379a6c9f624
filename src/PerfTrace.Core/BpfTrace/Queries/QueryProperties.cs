using PerfTrace.Events;

namespace PerfTrace.BpfTrace;

/// <summary>The properties of an event as its probe's program sees them.</summary>
/// <param name="context">What the program sees.</param>
/// <param name="begin">Of a latency what the program of the event that begins it sees; null for others.</param>
/// <param name="eventName">The event's name.</param>
internal sealed class QueryProperties(ProbeContext context, ProbeContext? begin, string eventName)
{
    /// <summary>The room for a text that is somewhere else than in the event, the zero included.</summary>
    public const int TextRoom = 128;

    /// <summary>Nanoseconds, where times between two events are measured.</summary>
    public const string LatencyName = "Latency", LatencyVariable = "$latency";

    // What every event has, and the name that the language has for it. Numbers are as .NET has them: int.
    private static readonly (string Name, string Builtin, ScriptType Type)[] Known =
    [
        (nameof(TraceEvent.CommandName), "comm", new StringType(16)),
        (nameof(TraceEvent.ProcessId), "pid", IntegerType.Int32),
        (nameof(TraceEvent.ThreadId), "tid", IntegerType.Int32),
        (nameof(TraceEvent.Cpu), "cpu", IntegerType.Int32),
        ("UserId", "uid", IntegerType.Int32),
        ("KernelStack", "kstack", new StackType(false, StackMode.BpfTrace, StackType.DefaultDepth)),
        ("UserStack", "ustack", new StackType(true, StackMode.BpfTrace, StackType.DefaultDepth)),
    ];

    /// <summary>The names that are no fields, for completion and messages.</summary>
    public static IEnumerable<string> KnownNames => Known.Select(static k => k.Name);

    /// <summary>It is the event's name, which the program need not look for.</summary>
    public static bool IsEventName(QueryExpression expression) =>
        expression is QueryExpression.Property { Name: var name } && string.Equals(name, nameof(TraceEvent.EventName), StringComparison.OrdinalIgnoreCase);

    private readonly Dictionary<string, QueryOperand> _texts = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, LetStatement> _unread = new(StringComparer.Ordinal);
    private readonly Dictionary<string, QueryKept> _kept = new(StringComparer.Ordinal);
    private int _variables;

    /// <summary>Texts are put into variables first: these statements do.</summary>
    public List<Statement> Statements { get; } = [];

    /// <summary>What the event which begins a latency has to keep for the one that ends it.</summary>
    public IReadOnlyCollection<QueryKept> Kept => _kept.Values;

    public string EventName => eventName;

    /// <summary>The name of a property as it is written everywhere; null where the event has none of it.</summary>
    public string? NameOf(string name) =>
        string.Equals(name, LatencyName, StringComparison.OrdinalIgnoreCase) && begin is not null ? LatencyName
        : Known.FirstOrDefault(k => string.Equals(k.Name, name, StringComparison.OrdinalIgnoreCase)).Name ?? (Field(context.Arguments, name) ?? Field(begin?.Arguments, name))?.Name;

    /// <summary>A text was asked for since this was last set.</summary>
    public bool HasText { get; set; }

    /// <param name="property">Which.</param>
    /// <param name="isKey">It is copied into a key: a text need not be a variable for that.</param>
    /// <exception cref="ScriptException">The event has no such property; none whose value could be used.</exception>
    public QueryOperand Of(QueryExpression.Property property, bool isKey = false)
    {
        QueryOperand operand = Find(property);
        if (operand.Value is not ScratchVariable { Name: var name } || !_unread.Remove(name, out LetStatement? let))
            return operand;
        if (isKey)
        {
            _texts.Remove(_texts.First(t => t.Value.Value is ScratchVariable variable && variable.Name == name).Key);
            return operand with { Value = let.Value! };
        }
        Statements.Add(let);
        return operand;
    }

    private QueryOperand Find(QueryExpression.Property property)
    {
        var tree = new QueryTree(property.Span);
        if (begin is not null && string.Equals(property.Name, LatencyName, StringComparison.OrdinalIgnoreCase))
            return new QueryOperand(tree.Variable(LatencyVariable), IntegerType.Int64);
        foreach ((string name, string builtin, ScriptType type) in Known)
        {
            if (!string.Equals(name, property.Name, StringComparison.OrdinalIgnoreCase))
                continue;
            return type is StringType text ? Text(name, tree, text, tree.Builtin(builtin))
                : new QueryOperand(type is IntegerType ? tree.Cast("int32", tree.Builtin(builtin)) : tree.Builtin(builtin), type);
        }
        if (Field(context.Arguments, property.Name) is { } field)
            return OfField(tree, field, new FieldAccess(property.Span, tree.Builtin("args"), field.Name));
        if (Field(begin?.Arguments, property.Name) is { } first)
        {
            Expression kept = Keep(tree, first.Name, at => ValueToKeep(at, first));
            return TextTypeOf(first) is { } text ? Text(first.Name, tree, text, kept)
                : first.Type is IntegerType or EnumType or BooleanType ? new QueryOperand(kept, first.Type)
                : throw NoValue(property.Span, first);
        }
        if (context.Arguments is null && Register(context, tree, property.Name) is { } register)
            return register;
        // At the return the arguments are gone.
        if (begin is { Arguments: null } && Register(begin, tree, property.Name) is { } argument)
            return argument with { Value = Keep(tree, property.Name.ToLowerInvariant(), at => Register(begin, at, property.Name)!.Value.Value) };
        throw Missing(property);
    }

    private MapAccess Keep(QueryTree tree, string name, Func<QueryTree, Expression> value)
    {
        _kept.TryAdd(name, new QueryKept($"@entry_{name}", value));
        return tree.Entry(_kept[name].Map, tree.Builtin("tid"));
    }

    /// <summary>It has a value that is compared and grouped by, or one that is added up.</summary>
    public static bool IsUsable(RecordField field, bool isNumber) => TextTypeOf(field) is not null ? !isNumber
        : field.Location == DataLocation.InPlace && field.Type is IntegerType or EnumType or BooleanType or PointerType;

    private static Expression ValueToKeep(QueryTree tree, RecordField field)
    {
        var access = new FieldAccess(tree.Span, tree.Builtin("args"), field.Name);
        return TextTypeOf(field) is { } text && field.Type is not StringType ? tree.Call("str", access, tree.Number(text.Capacity - 1)) : access;
    }

    // The same text is read once.
    private QueryOperand Text(string name, QueryTree tree, StringType type, Expression value)
    {
        HasText = true;
        if (!_texts.TryGetValue(name, out QueryOperand text))
        {
            string variable = $"$text{_variables++}";
            _unread.Add(variable, tree.Let(variable, value));
            _texts.Add(name, text = new QueryOperand(tree.Variable(variable), type));
        }
        return text with { Value = tree.Variable(((ScratchVariable)text.Value).Name) };
    }

    private QueryOperand OfField(QueryTree tree, RecordField field, FieldAccess access) => TextTypeOf(field) is { } text
        ? Text(field.Name, tree, text, field.Type is StringType ? access : tree.Call("str", access, tree.Number(text.Capacity - 1)))
        : field.Location == DataLocation.InPlace && field.Type is IntegerType or EnumType or BooleanType ? new QueryOperand(access, field.Type)
        : field is { Location: DataLocation.InPlace, Type: PointerType } ? new QueryOperand(tree.Cast("uint64", access), IntegerType.UInt64)
        : throw NoValue(tree.Span, field);

    // What functions of the kernel and of programs have, by the names that the language has.
    private static QueryOperand? Register(ProbeContext context, QueryTree tree, string name) =>
        BuiltinVariable.Find(name.ToLowerInvariant()) is { Variable: { Kind: BuiltinKind.Argument or BuiltinKind.ReturnValue } variable, Index: var index }
            && (variable.Providers & context.Provider) != 0
            ? new QueryOperand(tree.Cast("int64", new BuiltinExpression(tree.Span, variable, index)), IntegerType.Int64) : null;

    // A text in the event, or one that it tells the place of.
    private static StringType? TextTypeOf(RecordField field) => (field.Location, field.Type) switch
    {
        (DataLocation.InPlace, StringType text) => text,
        (DataLocation.InPlace, PointerType { Target: IntegerType { Bytes: 1 } }) => new StringType(TextRoom),
        (not DataLocation.InPlace, IntegerType { Bytes: 1, IsSigned: true }) => new StringType(TextRoom),
        _ => null,
    };

    // As objects of events have them: PowerShell's own names first, a field of that name by field_NAME.
    private static RecordField? Field(RecordType? record, string name)
    {
        if (record is null)
            return null;
        return record.Find(name) ?? Named(record, name) ?? (name.StartsWith("field_", StringComparison.OrdinalIgnoreCase) ? Named(record, name["field_".Length..]) : null);
    }

    private static RecordField? Named(RecordType record, string name) => record.Fields.FirstOrDefault(f => string.Equals(f.Name, name, StringComparison.OrdinalIgnoreCase));

    private static ScriptException NoValue(SourceSpan span, RecordField field) =>
        new(span, $"'{field.Name}' is {(field.Location == DataLocation.InPlace ? $"of type {field.Type.Name}" : "an array")}: only numbers and texts are compared and added up");

    private ScriptException Missing(QueryExpression.Property property)
    {
        string[] fields = [.. (context.Arguments?.Fields ?? []).Concat(begin?.Arguments?.Fields ?? []).Select(static f => f.Name).Distinct()];
        string[] names = [.. fields, .. KnownNames, .. begin is null ? Array.Empty<string>() : [LatencyName]];
        return new ScriptException(property.Span, $"{eventName} has no '{property.Name}'",
            Hints.Nearest(property.Name, names) ?? (fields.Length is > 0 and <= 16 ? $"it has {string.Join(", ", fields)}" : null));
    }
}
