namespace PerfTrace.BpfTrace;

/// <summary>Checks the block of one probe, or of a function of the script, for one context.</summary>
internal sealed partial class ProbeChecker
{
    // As the passes over all maps.
    private const int MostPasses = 64;

    private readonly ScriptChecker _script;
    private readonly Node _node;
    private readonly Expression? _predicate;
    private readonly BlockExpression _body;
    private readonly FunctionDefinition? _definition;
    private readonly ProbeContext _context;
    private readonly Dictionary<(Node Scope, string Name), LocalVariable> _variables = [];
    private bool _hasChanged;

    public ProbeChecker(ScriptChecker script, Probe probe, ProbeContext context)
    {
        (_script, _node, _predicate, _body, _context) = (script, probe, probe.Predicate, probe.Body, context);
    }

    /// <param name="script">What the script's blocks share.</param>
    /// <param name="function">A function of the script.</param>
    /// <param name="context">Of the probe that calls it.</param>
    public ProbeChecker(ScriptChecker script, FunctionDefinition function, ProbeContext context)
    {
        (_script, _node, _definition, _body, _context) = (script, function, function, function.Body, context);
    }

    private ScriptMessages Messages => _script.Messages;

    private CheckedMaps Maps => _script.Maps;

    private RecordTypes Types => _script.Types;

    private ScriptSettings Settings => _script.Settings;

    /// <summary>Goes over the block until the types of its variables stay.</summary>
    public void Pass()
    {
        for (int i = 0; i < MostPasses; i++)
        {
            _hasChanged = false;
            Walk();
            if (!_hasChanged)
                return;
        }
    }

    /// <summary>With the types of all maps known: says what is wrong, and numbers the actions.</summary>
    public void Finish()
    {
        bool wasSilent = Messages.IsSilent;
        Messages.IsSilent = true;
        Pass();
        Messages.IsSilent = wasSilent;
        if (_hasChanged)
            Error(_node, "the types of the variables do not come to an end", "a variable is assigned a tuple that holds the variable's own value");
        _isLast = true;
        Walk();
        _isLast = false;
    }

    // The pass whose findings are told and noted.
    private bool _isLast;

    private void Walk()
    {
        _scopes.Clear();
        _loops = 0;
        _scopes.Push(new Scope(_node, 0));
        if (_definition is not null)
            DeclareParameters(_definition);
        if (_predicate is { } predicate)
            Condition(predicate);
        Visit(_body);
        _scopes.Pop();
    }

    private ScriptType? Error(Node node, string message, string? hint = null) => Error(node.Span, message, hint);

    private ScriptType? Error(SourceSpan span, string message, string? hint = null)
    {
        Messages.Error(span, message, hint);
        return null;
    }

    private void Condition(Expression condition)
    {
        if (Visit(condition) is { } type && !TypeRules.IsCondition(type))
            Error(condition, $"a value of type {type.Name} is neither true nor false");
    }
}
