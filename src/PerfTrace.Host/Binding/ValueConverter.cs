using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Management.Automation;
using System.Reflection;

namespace PerfTrace.Host.Binding;

/// <summary>PowerShell's conversions of arguments to the types of parameters, always in the invariant culture.</summary>
internal static class ValueConverter
{
    /// <summary>Converts a value, or says why it cannot be converted.</summary>
    public static bool TryConvert(object? value, Type target, out object? result, [NotNullWhen(false)] out string? reason)
    {
        reason = null;
        if (value is PSObject { IsPropertyBag: false } wrapped && target != typeof(PSObject))
            value = wrapped.BaseObject;
        if (value is BareNumber bare)
            value = target == typeof(string) ? bare.Text : bare.Value;
        if (value is null)
            return TryConvertNull(target, out result, out reason);

        Type type = Nullable.GetUnderlyingType(target) ?? target;
        if (value.GetType() == typeof(object[]) && type.IsAssignableFrom(typeof(object[])))
            value = Array.ConvertAll((object?[])value, item => item is BareNumber number ? number.Value : item);
        result = value;
        if (type.IsInstanceOfType(value))
            return true;
        if (type == typeof(PSObject))
        {
            result = PSObject.AsPSObject(value);
            return true;
        }

        if (type == typeof(ScriptBlock))
        {
            reason = ScriptBlock.NeedsPowerShell;
            return false;
        }

        string? why = null;
        bool converted;
        if (type == typeof(string))
            (converted, result) = (true, ToText(value));
        else if (type == typeof(bool) || type == typeof(SwitchParameter))
            converted = TryConvertBoolean(value, type, out result, out why);
        else if (type.IsEnum)
            converted = TryConvertEnum(value, type, out result, out why);
        else if (IsNumeric(type))
            converted = TryConvertNumber(value, type, out result, out why);
        else if (CollectionConverter.ElementTypeOf(type) is { } elementType)
            return CollectionConverter.TryConvert(value, type, elementType, out result, out reason);
        else
            converted = TryConvertTime(value, type, out result) || TypeConversions.TryConvert(value, type, out result, out why);

        if (!converted)
            reason = $"Cannot convert value \"{ToText(value)}\" to type \"{type}\"." + (why is null ? "" : $" Error: \"{why}\"");
        return converted;
    }

    /// <summary>True if the value can be bound as it is; the binder prefers such parameters over those that need a conversion.</summary>
    public static bool MatchesWithoutConversion(object? value, Type target)
    {
        Type type = Nullable.GetUnderlyingType(target) ?? target;
        object? plain = value switch
        {
            PSObject { IsPropertyBag: false } wrapped when type != typeof(PSObject) => wrapped.BaseObject,
            BareNumber bare => bare.Value,
            _ => value,
        };
        if (plain is null)
            return !target.IsValueType || type != target;
        if (type.IsInstanceOfType(plain) || type == typeof(PSObject))
            return true;
        if (CollectionConverter.ElementTypeOf(type) is not { } elementType)
            return false;
        if (LanguagePrimitives.GetEnumerable(plain) is not { } elements)
            return MatchesWithoutConversion(plain, elementType);
        foreach (object? element in elements)
        {
            if (!MatchesWithoutConversion(element, elementType))
                return false;
        }

        return true;
    }

    /// <summary>The text of a value, the same under every culture.</summary>
    public static string ToText(object? value) => value switch
    {
        null => "",
        string text => text,
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable elements and not IDictionary => string.Join(' ', elements.Cast<object?>().Select(ToText)),
        _ => value.ToString() ?? "",
    };

    private static bool TryConvertNull(Type target, out object? result, out string? reason)
    {
        reason = null;
        result = target == typeof(string) ? "" : null;
        if (!target.IsValueType || Nullable.GetUnderlyingType(target) is not null)
            return true;
        reason = $"Cannot convert null to type \"{target}\".";
        return false;
    }

    private static bool TryConvertBoolean(object value, Type type, out object? result, out string? why)
    {
        why = null;
        bool? parsed = value switch
        {
            bool flag => flag,
            SwitchParameter present => present.IsPresent,
            string text when Is(text, "true") || Is(text, "$true") || text == "1" => true,
            string text when Is(text, "false") || Is(text, "$false") || text == "0" => false,
            _ when IsNumeric(value.GetType()) => Convert.ToDouble(value, CultureInfo.InvariantCulture) != 0,
            _ => null,
        };
        if (parsed is null)
            why = "Boolean parameters accept only true, false, 1 or 0.";
        // Boxed apart: the two types convert into each other, and one of them would win.
        result = parsed is { } known && type == typeof(SwitchParameter) ? (object)new SwitchParameter(known) : parsed;
        return parsed is not null;

        static bool Is(string text, string word) => text.Equals(word, StringComparison.OrdinalIgnoreCase);
    }

    private static bool TryConvertEnum(object value, Type type, out object? result, out string? why)
    {
        why = null;
        result = null;
        if (IsNumeric(value.GetType()) || value is Enum)
        {
            result = Enum.ToObject(type, value);
            return true;
        }

        string text = ToText(value);
        if (LanguagePrimitives.GetEnumerable(value) is not null)
            text = text.Replace(' ', ',');
        string[] names = text.Split(',', StringSplitOptions.TrimEntries);
        for (int i = 0; i < names.Length; i++)
            names[i] = CompleteEnumName(type, names[i]);
        if ((names.Length == 1 || type.IsDefined(typeof(FlagsAttribute), inherit: false)) && Enum.TryParse(type, string.Join(',', names), ignoreCase: true, out result))
            return true;
        why = $"Unable to match the identifier name {text} to a valid enumerator name. Specify one of the following enumerator names and try again: {string.Join(", ", Enum.GetNames(type))}";
        return false;
    }

    /// <summary>PowerShell takes the beginning of a name where only one name begins so.</summary>
    private static string CompleteEnumName(Type type, string name)
    {
        string[] names = Enum.GetNames(type);
        if (name.Length == 0 || Array.Exists(names, candidate => candidate.Equals(name, StringComparison.OrdinalIgnoreCase)))
            return name;
        string[] matches = Array.FindAll(names, candidate => candidate.StartsWith(name, StringComparison.OrdinalIgnoreCase));
        return matches.Length == 1 ? matches[0] : name;
    }

    private static bool TryConvertNumber(object value, Type type, out object? result, out string? why)
    {
        result = null;
        why = null;
        if (value is string text)
        {
            if (!NumberParser.TryParse(text, out object number) && !TryParseSpecialReal(text, type, out number))
            {
                why = $"The input string '{text}' was not in a correct format.";
                return false;
            }

            value = number;
        }

        if (value is not IConvertible || value is DateTime)
            return false;
        try
        {
            result = Convert.ChangeType(value, type, CultureInfo.InvariantCulture);
            return true;
        }
        catch (OverflowException exception)
        {
            why = exception.Message;
            return false;
        }
    }

    private static bool TryParseSpecialReal(string text, Type type, out object number)
    {
        bool parsed = double.TryParse(text, CultureInfo.InvariantCulture, out double real);
        number = real;
        return parsed && (type == typeof(double) || type == typeof(float));
    }

    private static bool TryConvertTime(object value, Type type, out object? result)
    {
        result = null;
        string? text = value as string;
        if (type == typeof(TimeSpan))
        {
            // PowerShell reads a bare number as ticks. Cmdlets that mean seconds say so with a transformation.
            if (IsNumeric(value.GetType()))
                result = TimeSpan.FromTicks(Convert.ToInt64(value, CultureInfo.InvariantCulture));
            else if (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan duration))
                result = duration;
        }
        else if (type == typeof(DateTimeOffset))
        {
            if (value is DateTime time)
                result = new DateTimeOffset(time);
            else if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out DateTimeOffset moment))
                result = moment;
        }
        else if (type == typeof(DateTime) && DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out DateTime date))
        {
            result = date;
        }

        return result is not null;
    }

    private static bool IsNumeric(Type type) => !type.IsEnum && Type.GetTypeCode(type) is >= TypeCode.SByte and <= TypeCode.Decimal;
}
