using System.Collections.Concurrent;
using System.Management.Automation;
using System.Reflection;

namespace PerfTrace.Host.Binding;

/// <summary>Reads objects' properties by name, whatever the case; a bag of note properties is read like any other object.</summary>
internal static class PropertyReader
{
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> s_properties = new();

    /// <summary>The readable public properties, those of base classes first, each name once.</summary>
    public static IReadOnlyList<PropertyInfo> PropertiesOf(Type type) => s_properties.GetOrAdd(type, ListProperties);

    /// <summary>The names under which an object shows itself.</summary>
    public static IReadOnlyList<string> NamesOf(object input) => input is PSObject { IsPropertyBag: true } bag
        ? [.. bag.Properties.Select(property => property.Name)]
        : [.. PropertiesOf(input.GetType()).Select(property => property.Name)];

    /// <summary>False if there is no such property.</summary>
    /// <param name="failure">What the getter threw, if it did; the value is null then.</param>
    public static bool TryRead(object input, string name, out object? value, out Exception? failure)
    {
        value = null;
        failure = null;
        if (input is PSObject bag)
        {
            if (!bag.IsPropertyBag)
                return TryRead(bag.BaseObject, name, out value, out failure);
            PSPropertyInfo? note = bag.Properties[name];
            value = note?.Value;
            return note is not null;
        }

        foreach (PropertyInfo property in PropertiesOf(input.GetType()))
        {
            if (!property.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                continue;
            value = Read(input, property, out failure);
            return true;
        }

        return false;
    }

    public static object? Read(object input, PropertyInfo property, out Exception? failure)
    {
        failure = null;
        try
        {
            return property.GetValue(input);
        }
        catch (TargetInvocationException exception)
        {
            failure = exception.InnerException ?? exception;
            return null;
        }
    }

    private static PropertyInfo[] ListProperties(Type type)
    {
        var levels = new List<Type>();
        for (Type? level = type; level is not null && level != typeof(object); level = level.BaseType)
            levels.Insert(0, level);

        var found = new List<PropertyInfo>();
        foreach (Type level in levels)
        {
            foreach (PropertyInfo property in level.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            {
                if (property.GetMethod is not { IsPublic: true } || property.GetIndexParameters().Length > 0)
                    continue;
                // An override or a hiding property keeps the place of the one that it replaces.
                int known = found.FindIndex(other => other.Name == property.Name);
                if (known < 0)
                    found.Add(property);
                else
                    found[known] = property;
            }
        }

        return [.. found];
    }
}
