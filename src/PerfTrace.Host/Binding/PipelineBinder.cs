using System.Management.Automation;

namespace PerfTrace.Host.Binding;

/// <summary>
/// Binds an object from the pipeline, in PowerShell's order: by value and then by property name as it is, by value and then by property name with a
/// conversion. What the command line bound stays; what the last object bound goes back to its default.
/// </summary>
internal sealed class PipelineBinder(BindingState commandLine, ParameterAssigner assigner)
{
    private const string NotBound = "The input object cannot be bound to any parameters for the command either because the command does not take pipeline input or the input and its properties do not match any of the parameters that take pipeline input.";

    private readonly BindingState _state = new(commandLine.Definition, commandLine);
    private readonly Dictionary<ParameterDefinition, object?> _defaults = [];

    /// <exception cref="ParameterBindingException">The object does not fit; the next one may.</exception>
    public void Bind(object? input, PSCmdlet? cmdlet)
    {
        RestoreDefaults(cmdlet);
        bool any = BindStep(input, byName: false, convert: false);
        any |= BindStep(input, byName: true, convert: false);
        any |= BindStep(input, byName: false, convert: true);
        any |= BindStep(input, byName: true, convert: true);
        if (!any)
            throw new ParameterBindingException("InputObjectNotBound", NotBound, target: input);
        ParameterSetResolver.ResolveInput(_state);
        if (cmdlet is not null)
            cmdlet.ParameterSetName = _state.Definition.NameOfSets(_state.Sets);
    }

    private void RestoreDefaults(PSCmdlet? cmdlet)
    {
        foreach (ParameterDefinition parameter in _state.Bound)
        {
            parameter.Property.SetValue(assigner.TargetOf(parameter), _defaults[parameter]);
            cmdlet?.MyInvocation.BoundParameters.Remove(parameter.Name);
        }

        _state.Reset();
    }

    private bool BindStep(object? input, bool byName, bool convert)
    {
        ulong defaultSet = _state.Definition.DefaultSet & _state.Sets;
        return (defaultSet != 0 && BindInSets(input, defaultSet, byName, convert))
            || BindInSets(input, _state.Sets & ~defaultSet, byName, convert);
    }

    private bool BindInSets(object? input, ulong sets, bool byName, bool convert)
    {
        bool any = false;
        // Binding one parameter can rule out the sets of the next, hence the look at the state each time.
        foreach (ParameterDefinition parameter in _state.Unbound.ToArray())
        {
            bool isWanted = parameter.Entries.Any(entry => (entry.Sets & sets & _state.Sets) != 0
                && (byName ? entry.Attribute.ValueFromPipelineByPropertyName : entry.Attribute.ValueFromPipeline));
            if (!isWanted)
                continue;
            object? value = input;
            if (byName && !TryReadProperty(input, parameter, out value))
                continue;
            any |= TryBind(parameter, value, convert);
        }

        return any;
    }

    private bool TryBind(ParameterDefinition parameter, object? value, bool convert)
    {
        if (!_defaults.ContainsKey(parameter))
            _defaults[parameter] = parameter.Property.GetValue(assigner.TargetOf(parameter));
        try
        {
            if (!assigner.TryAssign(parameter, value, convert))
                return false;
        }
        catch (ParameterBindingException exception) when (IsMismatch(exception))
        {
            // Not for this parameter; another may take the object.
            return false;
        }

        _state.MarkBound(parameter);
        return true;
    }

    /// <summary>PowerShell goes on to the next parameter when a conversion fails, but not when a validation or a transformation objects.</summary>
    private static bool IsMismatch(ParameterBindingException exception) =>
        exception.ErrorId == "CannotConvertArgumentNoMessage"
        || (exception.ErrorId == ParameterAssigner.TransformationError
            && (exception.InnerException is PSInvalidCastException || exception.InnerException?.InnerException is PSInvalidCastException));

    /// <summary>The property of the parameter's name, or of the first of its aliases that the object has.</summary>
    private static bool TryReadProperty(object? input, ParameterDefinition parameter, out object? value)
    {
        value = null;
        if (input is null)
            return false;
        if (PropertyReader.TryRead(input, parameter.Name, out value, out Exception? failure))
            return failure is null;
        foreach (string alias in parameter.Aliases)
        {
            if (PropertyReader.TryRead(input, alias, out value, out failure))
                return failure is null;
        }

        return false;
    }
}
