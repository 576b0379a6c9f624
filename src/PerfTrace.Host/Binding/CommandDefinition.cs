using System.Management.Automation;
using System.Numerics;
using System.Reflection;

namespace PerfTrace.Host.Binding;

/// <summary>A cmdlet's name, parameters and parameter sets, read from its type when it is first needed.</summary>
internal sealed class CommandDefinition
{
    private readonly CmdletAttribute _attribute;
    private readonly List<string> _setNames = [];
    private readonly List<ParameterDefinition> _parameters = [];

    public CommandDefinition(Type type, CmdletAttribute attribute)
    {
        Type = type;
        _attribute = attribute;
        Name = $"{attribute.VerbName}-{attribute.NounName}";

        PropertyInfo[] properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance);
        // Base classes' parameters come first, as they do in PowerShell's syntax lines.
        Array.Sort(properties, (left, right) => (Depth(left.DeclaringType), left.MetadataToken).CompareTo((Depth(right.DeclaringType), right.MetadataToken)));
        List<(PropertyInfo Property, ParameterAttribute[] Attributes)> declared = FindParameters(properties);
        NameSets(declared);
        foreach ((PropertyInfo property, ParameterAttribute[] attributes) in declared)
            _parameters.Add(new ParameterDefinition(property, EntriesOf(attributes), isCommon: false));

        Type commonType = attribute.SupportsShouldProcess ? typeof(ConfirmingParameters) : typeof(CommonParameters);
        foreach ((PropertyInfo property, ParameterAttribute[] attributes) in FindParameters(commonType.GetProperties()))
            _parameters.Add(new ParameterDefinition(property, EntriesOf(attributes), isCommon: true));

        UsableSets = AllSets;
        foreach (ParameterDefinition parameter in _parameters)
        {
            // A set whose mandatory parameter cannot be given here can never be chosen.
            foreach (ParameterSetEntry entry in parameter.Entries)
            {
                if (parameter.RefusalReason is not null && entry.Attribute.Mandatory)
                    UsableSets &= ~entry.Sets;
            }
        }
    }

    public string Name { get; }

    public Type Type { get; }

    public IReadOnlyList<ParameterDefinition> Parameters => _parameters;

    public bool SupportsShouldProcess => _attribute.SupportsShouldProcess;

    public ConfirmImpact ConfirmImpact => _attribute.ConfirmImpact;

    /// <summary>Names of the parameter sets; the place of each is its bit.</summary>
    public IReadOnlyList<string> SetNames => _setNames;

    public ulong AllSets => _setNames.Count == 64 ? ulong.MaxValue : (1UL << _setNames.Count) - 1;

    /// <summary>The sets that can be chosen without PowerShell.</summary>
    public ulong UsableSets { get; }

    /// <summary>The bit of the default set, or 0.</summary>
    public ulong DefaultSet => string.IsNullOrEmpty(_attribute.DefaultParameterSetName) ? 0 : SetBit(_attribute.DefaultParameterSetName) & UsableSets;

    public string NameOfSets(ulong sets) => BitOperations.PopCount(sets) == 1
        ? _setNames[BitOperations.TrailingZeroCount(sets)]
        : ParameterAttribute.AllParameterSets;

    public ParameterDefinition? FindExact(string name) => _parameters.Find(parameter => parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static int Depth(Type? type)
    {
        int depth = 0;
        for (; type is not null; type = type.BaseType)
            depth++;
        return depth;
    }

    private static List<(PropertyInfo Property, ParameterAttribute[] Attributes)> FindParameters(PropertyInfo[] properties)
    {
        var found = new List<(PropertyInfo, ParameterAttribute[])>();
        foreach (PropertyInfo property in properties)
        {
            if (property.SetMethod is { IsPublic: true } && property.IsDefined(typeof(ParameterAttribute), inherit: true))
                found.Add((property, (ParameterAttribute[])property.GetCustomAttributes(typeof(ParameterAttribute), inherit: true)));
        }

        return found;
    }

    private void NameSets(List<(PropertyInfo Property, ParameterAttribute[] Attributes)> declared)
    {
        // The default set counts even if no parameter is in it: it is then the set of those that have none of the others'.
        if (!string.IsNullOrEmpty(_attribute.DefaultParameterSetName))
            _setNames.Add(_attribute.DefaultParameterSetName);
        foreach ((_, ParameterAttribute[] attributes) in declared)
        {
            foreach (ParameterAttribute attribute in attributes)
            {
                if (attribute.ParameterSetName != ParameterAttribute.AllParameterSets && SetBit(attribute.ParameterSetName) == 0)
                    _setNames.Add(attribute.ParameterSetName);
            }
        }

        if (_setNames.Count == 0)
            _setNames.Add(ParameterAttribute.AllParameterSets);
        if (_setNames.Count > 64)
            throw new InvalidOperationException($"{Name} has more than 64 parameter sets.");
    }

    private List<ParameterSetEntry> EntriesOf(ParameterAttribute[] attributes)
    {
        var entries = new List<ParameterSetEntry>(attributes.Length);
        ulong named = 0;
        foreach (ParameterAttribute attribute in attributes)
        {
            if (attribute.ParameterSetName == ParameterAttribute.AllParameterSets)
                continue;
            named |= SetBit(attribute.ParameterSetName);
            entries.Add(new ParameterSetEntry(SetBit(attribute.ParameterSetName), attribute));
        }

        // An attribute without a set speaks for all sets that no other speaks for.
        if (Array.Find(attributes, attribute => attribute.ParameterSetName == ParameterAttribute.AllParameterSets) is { } all)
            entries.Add(new ParameterSetEntry(AllSets & ~named, all));
        return entries;
    }

    private ulong SetBit(string name)
    {
        int index = _setNames.FindIndex(known => known.Equals(name, StringComparison.OrdinalIgnoreCase));
        return index < 0 ? 0 : 1UL << index;
    }
}
