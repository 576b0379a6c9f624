using System.Management.Automation;
using System.Reflection;

namespace PerfTrace.Host.Binding;

/// <summary>A parameter of a cmdlet, as its attributes describe it.</summary>
internal sealed class ParameterDefinition
{
    public ParameterDefinition(PropertyInfo property, IReadOnlyList<ParameterSetEntry> entries, bool isCommon)
    {
        Property = property;
        Entries = entries;
        IsCommon = isCommon;
        foreach (ParameterSetEntry entry in entries)
            Sets |= entry.Sets;

        var transformations = new List<ArgumentTransformationAttribute>();
        var validations = new List<ValidateArgumentsAttribute>();
        foreach (Attribute attribute in property.GetCustomAttributes(inherit: true).Cast<Attribute>())
        {
            switch (attribute)
            {
                case AliasAttribute alias:
                    Aliases = [.. alias.AliasNames];
                    break;
                case ArgumentTransformationAttribute transformation:
                    transformations.Add(transformation);
                    break;
                case ValidateArgumentsAttribute validation:
                    validations.Add(validation);
                    break;
                case AllowNullAttribute:
                    AllowsNull = true;
                    break;
                case AllowEmptyStringAttribute:
                    AllowsEmptyString = true;
                    break;
                case AllowEmptyCollectionAttribute:
                    AllowsEmptyCollection = true;
                    break;
                case NeedsPowerShellAttribute needs:
                    RefusalReason = needs.Reason;
                    break;
            }
        }

        Transformations = transformations;
        Validations = validations;
        Type plain = Nullable.GetUnderlyingType(Type) ?? Type;
        IsSwitch = plain == typeof(SwitchParameter);
        if (plain == typeof(ScriptBlock) || plain == typeof(ScriptBlock[]))
            RefusalReason = ScriptBlock.NeedsPowerShell;
    }

    public string Name => Property.Name;

    public PropertyInfo Property { get; }

    public Type Type => Property.PropertyType;

    public IReadOnlyList<string> Aliases { get; } = [];

    public IReadOnlyList<ParameterSetEntry> Entries { get; }

    /// <summary>The parameter sets that it is in, a bit for each.</summary>
    public ulong Sets { get; }

    /// <summary>True for <c>-Verbose</c> and its like, which belong to every cmdlet.</summary>
    public bool IsCommon { get; }

    public bool IsSwitch { get; }

    /// <summary>Why the host cannot offer it; null for all others. Such parameters are not listed and not bound.</summary>
    public string? RefusalReason { get; }

    public IReadOnlyList<ArgumentTransformationAttribute> Transformations { get; }

    public IReadOnlyList<ValidateArgumentsAttribute> Validations { get; }

    public bool AllowsNull { get; }

    public bool AllowsEmptyString { get; }

    public bool AllowsEmptyCollection { get; }

    /// <summary>True if all its entries say so; then help does not list it.</summary>
    public bool IsHidden => RefusalReason is not null || Entries.All(entry => entry.Attribute.DontShow);

    public bool TakesPipeline => Entries.Any(entry => entry.TakesPipeline);

    public bool IsMandatoryIn(ulong sets) => Entries.Any(entry => (entry.Sets & sets) != 0 && entry.Attribute.Mandatory);

    public override string ToString() => Name;
}
