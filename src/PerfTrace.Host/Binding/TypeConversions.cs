using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;

namespace PerfTrace.Host.Binding;

/// <summary>Conversions that a type itself offers, in PowerShell's order: a static Parse, a constructor, a conversion operator.</summary>
internal static class TypeConversions
{
    private const BindingFlags PublicStatic = BindingFlags.Public | BindingFlags.Static;

    public static bool TryConvert(object value, Type type, out object? result, out string? why)
    {
        why = null;
        result = null;
        try
        {
            return (value is string text && TryParse(text, type, out result))
                || TryConstruct(value, type, out result)
                || TryOperator(value, type, type, out result)
                || TryOperator(value, value.GetType(), type, out result);
        }
        catch (TargetInvocationException exception) when (exception.InnerException is not null)
        {
            // Whatever the type's own code objects to is the reason.
            why = exception.InnerException.Message;
            return false;
        }
    }

    private static bool TryParse(string text, Type type, out object? result)
    {
        MethodInfo? withCulture = type.GetMethod("Parse", PublicStatic, [typeof(string), typeof(IFormatProvider)]);
        MethodInfo? plain = type.GetMethod("Parse", PublicStatic, [typeof(string)]);
        result = null;
        if (withCulture is not null && type.IsAssignableFrom(withCulture.ReturnType))
            result = withCulture.Invoke(null, [text, CultureInfo.InvariantCulture]);
        else if (plain is not null && type.IsAssignableFrom(plain.ReturnType))
            result = plain.Invoke(null, [text]);
        return result is not null;
    }

    private static bool TryConstruct(object value, Type type, [NotNullWhen(true)] out object? result)
    {
        ConstructorInfo? constructor = type.IsAbstract ? null : type.GetConstructor([value.GetType()]);
        // A constructor that takes any object says nothing about conversion.
        bool fits = constructor is not null && constructor.GetParameters()[0].ParameterType != typeof(object);
        result = fits ? constructor!.Invoke([value]) : null;
        return fits;
    }

    private static bool TryOperator(object value, Type declaring, Type target, out object? result)
    {
        foreach (MethodInfo method in declaring.GetMethods(PublicStatic))
        {
            if (method.Name is "op_Implicit" or "op_Explicit"
                && target.IsAssignableFrom(method.ReturnType)
                && method.GetParameters() is [{ } parameter]
                && parameter.ParameterType.IsInstanceOfType(value))
            {
                result = method.Invoke(null, [value]);
                return true;
            }
        }

        result = null;
        return false;
    }
}
