using System.Management.Automation;
using System.Text;
using PerfTrace.Host.Binding;

namespace PerfTrace.Host.Help;

/// <summary>Syntax lines made from a cmdlet's attributes, one for each parameter set, as <c>Get-Command -Syntax</c> prints them.</summary>
internal static class SyntaxText
{
    public static IReadOnlyList<string> Lines(CommandDefinition definition)
    {
        var lines = new List<string>();
        for (int i = 0; i < definition.SetNames.Count; i++)
        {
            ulong set = 1UL << i;
            if ((definition.UsableSets & set) != 0)
                lines.Add(Line(definition, set));
        }

        return lines;
    }

    private static string Line(CommandDefinition definition, ulong set)
    {
        var parameters = new List<(ParameterDefinition Parameter, ParameterAttribute Attribute)>();
        foreach (ParameterDefinition parameter in definition.Parameters)
        {
            if (parameter.IsCommon || parameter.IsHidden)
                continue;
            foreach (ParameterSetEntry entry in parameter.Entries)
            {
                if ((entry.Sets & set) != 0)
                    parameters.Add((parameter, entry.Attribute));
            }
        }

        var line = new StringBuilder(definition.Name);
        // Positions in their order, then what must be named, then the rest as declared.
        foreach ((ParameterDefinition parameter, ParameterAttribute attribute) in parameters.OrderBy(item => Rank(item.Attribute)))
            line.Append(' ').Append(Describe(parameter, attribute));
        if (definition.SupportsShouldProcess)
            line.Append(" [-WhatIf] [-Confirm]");
        line.Append(" [<CommonParameters>]");
        bool runsCommand = parameters.Exists(item => item.Parameter.Name == "Command") && parameters.Exists(item => item.Parameter.Name == "ArgumentList");
        return runsCommand ? line.Append(" [-- command arguments...]").ToString() : line.ToString();
    }

    private static long Rank(ParameterAttribute attribute) =>
        attribute.Position != int.MinValue ? attribute.Position : (attribute.Mandatory ? 1L : 2L) + int.MaxValue;

    private static string Describe(ParameterDefinition parameter, ParameterAttribute attribute)
    {
        string name = "-" + parameter.Name;
        if (attribute.Position != int.MinValue)
            name = $"[{name}]";
        string text = parameter.IsSwitch ? name : $"{name} <{TypeName(parameter.Type)}>";
        return attribute.Mandatory ? text : $"[{text}]";
    }

    private static string TypeName(Type type)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain.IsArray)
            return TypeName(plain.GetElementType()!) + "[]";
        if (!plain.IsGenericType)
            return plain.Name;
        string name = plain.Name[..plain.Name.IndexOf('`', StringComparison.Ordinal)];
        return $"{name}<{string.Join(", ", plain.GetGenericArguments().Select(TypeName))}>";
    }
}
