using System.Management.Automation;

namespace PerfTrace.Host.Binding;

/// <summary>Finds the parameter that a typed name means: its name, an alias, or the beginning of one that nothing else begins with.</summary>
internal static class ParameterNameResolver
{
    /// <summary>The parameter; null if there is none of that name.</summary>
    /// <exception cref="ParameterBindingException">Several begin like this, or the one meant needs PowerShell.</exception>
    public static ParameterDefinition? Find(CommandDefinition definition, string name)
    {
        List<ParameterDefinition> matches = Matching(definition, text => text.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (matches.Count == 0)
            matches = Matching(definition, text => text.StartsWith(name, StringComparison.OrdinalIgnoreCase));

        // A parameter of the cmdlet's own goes before a common one, and one that can be used before one that cannot.
        if (matches.Count > 1 && matches.Exists(match => match.RefusalReason is null))
            matches.RemoveAll(match => match.RefusalReason is not null);
        if (matches.Count > 1 && matches.FindAll(match => !match.IsCommon) is [_] own)
            matches = own;

        if (matches.Count > 1)
        {
            string candidates = string.Join(' ', matches.Select(match => "-" + match.Name));
            throw new ParameterBindingException("AmbiguousParameter", $"Parameter cannot be processed because the parameter name '{name}' is ambiguous. Possible matches include: {candidates}.", name);
        }

        if (matches is [{ RefusalReason: { } reason } refused])
            throw new ParameterBindingException("ParameterNeedsPowerShell", $"Parameter '{refused.Name}' cannot be used here. {reason}", refused.Name);
        return matches is [ParameterDefinition found] ? found : null;
    }

    public static ParameterBindingException NotFound(CommandDefinition definition, string name)
    {
        IEnumerable<string> names = definition.Parameters.Where(parameter => !parameter.IsHidden).Select(parameter => parameter.Name);
        string hint = NearestName.Find(name, names) is { } nearest ? $" Did you mean -{nearest}?" : "";
        return new ParameterBindingException("NamedParameterNotFound", $"A parameter cannot be found that matches parameter name '{name}'.{hint}", name);
    }

    private static List<ParameterDefinition> Matching(CommandDefinition definition, Func<string, bool> matches) =>
        [.. definition.Parameters.Where(parameter => matches(parameter.Name) || parameter.Aliases.Any(matches))];
}
