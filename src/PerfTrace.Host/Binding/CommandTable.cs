using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Reflection;

namespace PerfTrace.Host.Binding;

/// <summary>The cmdlets of an assembly by name and alias.</summary>
public sealed class CommandTable
{
    private readonly Dictionary<string, (Type Type, CmdletAttribute Attribute)> _types = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _aliases = new(StringComparer.OrdinalIgnoreCase);

    public CommandTable(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        foreach (Type type in assembly.GetTypes())
        {
            // Asking for the base class first spares most types the attribute lookup, which is the slow part.
            if (type.IsAbstract || !type.IsSubclassOf(typeof(Cmdlet)) || type.GetCustomAttribute<CmdletAttribute>(inherit: false) is not { } attribute)
                continue;
            string name = $"{attribute.VerbName}-{attribute.NounName}";
            _types.Add(name, (type, attribute));
            foreach (string alias in type.GetCustomAttribute<AliasAttribute>()?.AliasNames ?? [])
                _aliases.Add(alias, name);
        }
    }

    /// <summary>The names of all cmdlets, sorted.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            string[] names = [.. _types.Keys];
            Array.Sort(names, StringComparer.OrdinalIgnoreCase);
            return names;
        }
    }

    internal bool TryFind(string name, [NotNullWhen(true)] out CommandDefinition? definition)
    {
        definition = null;
        if (_aliases.TryGetValue(name, out string? target))
            name = target;
        if (!_types.TryGetValue(name, out (Type Type, CmdletAttribute Attribute) found))
            return false;
        definition = new CommandDefinition(found.Type, found.Attribute);
        return true;
    }

    /// <exception cref="UsageException">There is no such cmdlet here.</exception>
    internal CommandDefinition Find(string name)
    {
        if (TryFind(name, out CommandDefinition? definition))
            return definition;
        string hint = NearestName.Find(name, _types.Keys) is { } nearest
            ? $" Did you mean {nearest}?"
            : " perftrace runs PerfTrace's own cmdlets and nothing else; it is not a PowerShell. 'perftrace help' lists them.";
        throw new UsageException($"The term '{name}' is not recognized as the name of a PerfTrace cmdlet.{hint}");
    }
}
