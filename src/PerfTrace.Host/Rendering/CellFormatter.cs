using System.Collections;
using System.Globalization;
using System.Management.Automation;
using PerfTrace.Host.Binding;
using PerfTrace.Host.Terminal;

namespace PerfTrace.Host.Rendering;

/// <summary>Values as people read them: in the current culture, with the view's format string.</summary>
internal static class CellFormatter
{
    /// <summary>PowerShell's <c>$FormatEnumerationLimit</c>.</summary>
    private const int MaximumElements = 4;

    public static string Format(object value, ViewField field)
    {
        object? cell = Read(value, field.PropertyName);
        return PrintableText.OneLine(Format(cell, field.FormatString));
    }

    /// <summary>The lines of a text; everything else is one.</summary>
    public static string[] FormatLines(object value, ViewField field)
    {
        object? cell = Read(value, field.PropertyName);
        string text = Format(cell, field.FormatString);
        return cell is string ? [.. text.Split('\n').Select(PrintableText.OneLine)] : [PrintableText.OneLine(text)];
    }

    // A getter that throws shows nothing, as in PowerShell.
    private static object? Read(object value, string path)
    {
        object? cell = value;
        foreach (string name in path.Split('.'))
        {
            if (cell is null)
                return null;
            if (name.EndsWith("()", StringComparison.Ordinal))
                cell = cell.GetType().GetMethod(name[..^2], [])?.Invoke(cell, null);
            else
                PropertyReader.TryRead(cell, name, out cell, out _);
        }
        return cell;
    }

    public static string Format(object? value, string? formatString = null) => value switch
    {
        null => "",
        PSObject { IsPropertyBag: false } wrapped => Format(wrapped.BaseObject, formatString),
        string text when formatString is null => text,
        IFormattable or string when formatString is not null => string.Format(CultureInfo.CurrentCulture, formatString, value),
        IFormattable formattable => formattable.ToString(null, CultureInfo.CurrentCulture),
        IDictionary => value.ToString() ?? "",
        IEnumerable elements => FormatElements(elements),
        _ => value.ToString() ?? "",
    };

    public static bool IsNumeric(Type type)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        return !plain.IsEnum && Type.GetTypeCode(plain) is >= TypeCode.SByte and <= TypeCode.Decimal;
    }

    private static string FormatElements(IEnumerable elements)
    {
        var shown = new List<string>();
        foreach (object? element in elements)
        {
            if (shown.Count == MaximumElements)
            {
                shown[^1] += "…";
                break;
            }

            shown.Add(Format(element));
        }

        return "{" + string.Join(", ", shown) + "}";
    }
}
