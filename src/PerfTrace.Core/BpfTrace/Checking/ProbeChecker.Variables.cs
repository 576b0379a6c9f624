namespace PerfTrace.BpfTrace;

// Variables and the blocks that they live in.
internal sealed partial class ProbeChecker
{
    private readonly Stack<Scope> _scopes = new();
    private readonly HashSet<LocalVariable> _assigned = [];
    private int _loops, _functions;

    private sealed record Scope(Node Node, int Functions)
    {
        public Dictionary<string, LocalVariable> Variables { get; } = new(StringComparer.Ordinal);
    }

    private void Enter(Node node) => _scopes.Push(new Scope(node, _functions));

    private void Leave() => _scopes.Pop();

    private LocalVariable? FindVariable(string name, out Scope? found)
    {
        foreach (Scope scope in _scopes)
        {
            if (scope.Variables.TryGetValue(name, out LocalVariable? variable))
            {
                found = scope;
                return variable;
            }
        }
        found = null;
        return null;
    }

    // The same object in each pass, so that what is known of it stays.
    private LocalVariable Declare(string name)
    {
        Scope scope = _scopes.Peek();
        if (!_variables.TryGetValue((scope.Node, name), out LocalVariable? variable))
            _variables[(scope.Node, name)] = variable = new LocalVariable(name);
        scope.Variables[name] = variable;
        _assigned.Remove(variable);
        return variable;
    }

    private ScriptType? VisitVariable(ScratchVariable node)
    {
        if (FindVariable(node.Name, out Scope? scope) is not { } variable)
        {
            node.Variable = null;
            return Error(node, $"there is no variable {node.Name} here", Messages.IsSilent ? null
                : _variables.Keys.Any(v => v.Name == node.Name) ? $"it is assigned first in a block that has ended, and ended with it: write let {node.Name}; before that block"
                : Hints.Nearest(node.Name, _scopes.SelectMany(static s => s.Variables.Keys)) ?? "a variable can be used in the block in which it is assigned first, and in the blocks inside");
        }
        node.Variable = variable;
        if (scope!.Functions != _functions)
            Merge(variable);
        if (!_assigned.Contains(variable) && _unevaluated == 0)
            Messages.Warn(node.Span, $"{node.Name} is used before it is assigned: it is 0");
        return variable.Type;
    }

    // An assignment, or a loop's variable.
    private void AssignVariable(ScratchVariable node, ScriptType? type, Node statement)
    {
        LocalVariable? variable = FindVariable(node.Name, out Scope? scope);
        if (variable is null)
            variable = Declare(node.Name);
        else if (scope!.Functions != _functions || _assigned.Contains(variable) || scope != _scopes.Peek())
            Merge(variable);
        node.Variable = variable;
        _assigned.Add(variable);
        if (type is not null)
            Grow(variable, type, statement);
        node.Type = variable.Type;
    }

    private void Grow(LocalVariable variable, ScriptType type, Node statement)
    {
        if (type is VoidType || (type is AggregateType && !TypeRules.IsCountable(type)))
        {
            Error(statement, $"a value of type {type.Name} can not be assigned to a variable");
            return;
        }
        ScriptType value = TypeRules.ValueOf(type);
        if (variable.IsDeclared)
        {
            if (variable.Type is { } declared)
                CheckFits(variable.Name, declared, value, (statement as AssignStatement)?.Value ?? (statement as LetStatement)?.Value, statement);
            return;
        }
        if (variable.IsMerged)
            value = TypeRules.Plain(value);
        ScriptType? grown = variable.Type is null ? value : TypeRules.Promote(variable.Type, value, Settings.MaximumStringLength);
        if (grown is null)
            Error(statement, $"{variable.Name} is of type {variable.Type!.Name}, and the value is of type {type.Name}");
        else
            SetType(variable, grown);
    }

    private void SetType(LocalVariable variable, ScriptType type)
    {
        if (LiteralTypes.AreSame(variable.Type, type))
            return;
        (variable.Type, _hasChanged) = (type, true);
    }

    private void Merge(LocalVariable variable)
    {
        variable.IsMerged = true;
        if (variable.Type is { } type)
            SetType(variable, TypeRules.Plain(type));
    }

    /// <summary>A value for a place that was declared to be of a type.</summary>
    /// <param name="place">The place, for messages.</param>
    /// <param name="declared">Its type.</param>
    /// <param name="value">The type of the value.</param>
    /// <param name="source">The value; null: not known.</param>
    /// <param name="node">Where it is put there.</param>
    private void CheckFits(string place, ScriptType declared, ScriptType value, Expression? source, Node node)
    {
        switch (declared, value)
        {
            case (IntegerType or EnumType, IntegerType or EnumType or BooleanType):
                IntegerType to = TypeRules.IntegerOf(declared)!, from = TypeRules.IntegerOf(value)!;
                if (source is not null && Number(source) is { } number)
                {
                    if (number < Least(to) || number > Greatest(to))
                        Error(node, $"{place} is of type {declared.Name}, which can not hold {number}", $"a cast cuts the number: ({declared.Name})");
                }
                else if (from.Bytes > to.Bytes)
                {
                    Error(node, $"{place} is of type {declared.Name}, and the value of type {value.Name} is larger", $"a cast cuts the number: ({declared.Name})");
                }
                else if (from.IsSigned != to.IsSigned && from.Bytes == to.Bytes && !LiteralTypes.IsFlexible(from))
                {
                    Messages.Warn(node.Span, $"{place} is of type {declared.Name}, and the value of type {value.Name} has the other sign");
                }
                break;
            case (StringType room, StringType text):
                if (text.Capacity > room.Capacity)
                    Error(node, $"{place} is of type {declared.Name}, and the value of type {value.Name} is larger");
                break;
            default:
                if (TypeRules.Promote(declared, value, Settings.MaximumStringLength) is null)
                    Error(node, $"{place} is of type {declared.Name}, and the value is of type {value.Name}");
                break;
        }
    }

    private static Int128 Least(IntegerType type) => type.IsSigned ? -(Int128.One << ((type.Bytes * 8) - 1)) : 0;

    private static Int128 Greatest(IntegerType type) => (Int128.One << ((type.Bytes * 8) - (type.IsSigned ? 1 : 0))) - 1;
}
