#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
using System.Collections;
using PerfTrace.Host.Binding;

namespace System.Management.Automation;

/// <summary>PowerShell's conversions and its idea of a collection, as far as the binder has them.</summary>
public static class LanguagePrimitives
{
    /// <exception cref="PSInvalidCastException">The value cannot be converted.</exception>
    public static object ConvertTo(object valueToConvert, Type resultType)
    {
        ArgumentNullException.ThrowIfNull(resultType);
        return ValueConverter.TryConvert(valueToConvert, resultType, out object result, out string reason)
            ? result
            : throw new PSInvalidCastException(reason);
    }

    /// <inheritdoc cref="ConvertTo(object, Type)"/>
    public static T ConvertTo<T>(object valueToConvert) => (T)ConvertTo(valueToConvert, typeof(T));

    public static bool TryConvertTo(object valueToConvert, Type resultType, out object result)
    {
        ArgumentNullException.ThrowIfNull(resultType);
        return ValueConverter.TryConvert(valueToConvert, resultType, out result, out _);
    }

    public static bool TryConvertTo<T>(object valueToConvert, out T result)
    {
        bool converted = TryConvertTo(valueToConvert, typeof(T), out object value);
        result = converted ? (T)value : default;
        return converted;
    }

    /// <summary>The elements of what PowerShell takes apart (not a string, not a dictionary), or null.</summary>
    public static IEnumerable GetEnumerable(object obj)
    {
        object value = obj is PSObject { IsPropertyBag: false } wrapped ? wrapped.BaseObject : obj;
        return value is string or IDictionary ? null : value as IEnumerable;
    }

    /// <inheritdoc cref="GetEnumerable(object)"/>
    public static IEnumerator GetEnumerator(object obj) => GetEnumerable(obj)?.GetEnumerator();
}
