namespace PerfTrace.Host.Binding;

/// <summary>Which parameters have a value so far, and which parameter sets that leaves.</summary>
/// <param name="parent">What the command line bound, where this is the state for one object from the pipeline.</param>
internal sealed class BindingState(CommandDefinition definition, BindingState? parent = null)
{
    private readonly HashSet<ParameterDefinition> _bound = [];

    public CommandDefinition Definition { get; } = definition;

    public ulong Sets { get; set; } = parent?.Sets ?? definition.UsableSets;

    /// <summary>The set that a cmdlet is told: where several are left (an object from the pipeline will decide), the default one.</summary>
    public ulong DefaultOrOnlySet => (Sets & Definition.DefaultSet) != 0 ? Definition.DefaultSet : Sets;

    public IReadOnlyCollection<ParameterDefinition> Bound => _bound;

    public bool IsBound(ParameterDefinition parameter) => _bound.Contains(parameter) || (parent?.IsBound(parameter) ?? false);

    /// <summary>The declared parameters that could still get a value.</summary>
    public IEnumerable<ParameterDefinition> Unbound => Definition.Parameters.Where(parameter =>
        !parameter.IsCommon && parameter.RefusalReason is null && !IsBound(parameter));

    public void MarkBound(ParameterDefinition parameter)
    {
        _bound.Add(parameter);
        Sets &= parameter.Sets;
    }

    /// <summary>Forgets the last object.</summary>
    public void Reset()
    {
        _bound.Clear();
        Sets = parent?.Sets ?? Definition.UsableSets;
    }
}
