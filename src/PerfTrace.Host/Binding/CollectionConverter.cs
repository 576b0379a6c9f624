using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;

namespace PerfTrace.Host.Binding;

/// <summary>Conversions to arrays and lists: a single value becomes a collection of one, as in PowerShell.</summary>
internal static class CollectionConverter
{
    /// <summary>The element type of a collection that arguments can be converted to, or null for any other type.</summary>
    public static Type? ElementTypeOf(Type type)
    {
        if (type.IsArray)
            return type.GetElementType();
        if (type == typeof(IEnumerable) || type == typeof(ICollection) || type == typeof(IList) || type == typeof(ArrayList))
            return typeof(object);
        if (!type.IsGenericType || type.GetGenericArguments() is not [{ } element])
            return null;
        // What an array or a List<T> can stand for.
        return type.IsAssignableFrom(element.MakeArrayType()) || type.IsAssignableFrom(typeof(List<>).MakeGenericType(element)) ? element : null;
    }

    public static bool TryConvert(object value, Type type, Type elementType, out object? result, [NotNullWhen(false)] out string? reason)
    {
        reason = null;
        result = null;
        var items = new ArrayList();
        foreach (object? item in LanguagePrimitives.GetEnumerable(value) ?? new[] { value })
        {
            if (!ValueConverter.TryConvert(item, elementType, out object? converted, out reason))
                return false;
            items.Add(converted);
        }

        Array array = items.ToArray(elementType);
        result = type.IsInstanceOfType(array) ? array : Activator.CreateInstance(type == typeof(ArrayList) ? type : typeof(List<>).MakeGenericType(elementType), array);
        return true;
    }
}
