using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Reflection;
using System.Text.Json;
using PerfTrace.Host.Binding;

namespace PerfTrace.Host.Rendering;

/// <summary>
/// Objects as JSON: property names as they are, enumerations by name, durations in .NET's constant form (<c>[d.]hh:mm:ss[.fffffff]</c>), moments in ISO 8601 with their
/// offset, null kept. Objects inside objects are taken apart to a depth of four; what lies deeper is text.
/// </summary>
internal static class JsonValueWriter
{
    private const int MaximumDepth = 4;

    public static void Write(Utf8JsonWriter writer, object? value) => Write(writer, value, depth: 0);

    private static void Write(Utf8JsonWriter writer, object? value, int depth)
    {
        if (value is PSObject { IsPropertyBag: false } wrapped)
            value = wrapped.BaseObject;
        if (value is null)
            writer.WriteNullValue();
        else if (!TryWriteNumber(writer, value) && !TryWriteScalar(writer, value))
            WriteComposite(writer, value, depth);
    }

    private static bool TryWriteNumber(Utf8JsonWriter writer, object value)
    {
        switch (value)
        {
            case Enum:
                return false;
            case byte or sbyte or short or ushort or int or long or nint:
                writer.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                return true;
            case uint or ulong:
                writer.WriteNumberValue(Convert.ToUInt64(value, CultureInfo.InvariantCulture));
                return true;
            case nuint number:
                writer.WriteNumberValue((ulong)number);
                return true;
            case decimal number:
                writer.WriteNumberValue(number);
                return true;
            case float number when float.IsFinite(number):
                writer.WriteNumberValue(number);
                return true;
            case double number when double.IsFinite(number):
                writer.WriteNumberValue(number);
                return true;
            case float or double:
                // JSON has no word for them.
                writer.WriteStringValue(ValueConverter.ToText(value));
                return true;
            default:
                return false;
        }
    }

    private static bool TryWriteScalar(Utf8JsonWriter writer, object value)
    {
        switch (value)
        {
            case string text:
                writer.WriteStringValue(text);
                return true;
            case bool flag:
                writer.WriteBooleanValue(flag);
                return true;
            case SwitchParameter flag:
                writer.WriteBooleanValue(flag.IsPresent);
                return true;
            case DateTimeOffset moment:
                writer.WriteStringValue(moment);
                return true;
            case DateTime moment:
                writer.WriteStringValue(moment);
                return true;
            case TimeSpan duration:
                writer.WriteStringValue(duration.ToString("c", CultureInfo.InvariantCulture));
                return true;
            case byte[] bytes:
                writer.WriteBase64StringValue(bytes);
                return true;
            case Enum or char or Type or Delegate or Exception:
                writer.WriteStringValue(value is Exception exception ? exception.Message : value.ToString());
                return true;
            default:
                return false;
        }
    }

    private static void WriteComposite(Utf8JsonWriter writer, object value, int depth)
    {
        if (depth >= MaximumDepth)
        {
            writer.WriteStringValue(ValueConverter.ToText(value));
            return;
        }

        switch (value)
        {
            case IDictionary dictionary:
                writer.WriteStartObject();
                foreach (DictionaryEntry entry in dictionary)
                {
                    writer.WritePropertyName(ValueConverter.ToText(entry.Key));
                    Write(writer, entry.Value, depth + 1);
                }

                writer.WriteEndObject();
                break;
            case IEnumerable elements:
                writer.WriteStartArray();
                foreach (object? element in elements)
                    Write(writer, element, depth + 1);
                writer.WriteEndArray();
                break;
            case PSObject bag:
                writer.WriteStartObject();
                foreach (PSPropertyInfo property in bag.Properties)
                {
                    writer.WritePropertyName(property.Name);
                    Write(writer, property.Value, depth + 1);
                }

                writer.WriteEndObject();
                break;
            default:
                WriteProperties(writer, value, depth);
                break;
        }
    }

    private static void WriteProperties(Utf8JsonWriter writer, object value, int depth)
    {
        IReadOnlyList<PropertyInfo> properties = PropertyReader.PropertiesOf(value.GetType());
        // What parses from text is text: addresses, versions, identifiers. So is what shows nothing else.
        if (properties.Count == 0 || value is IFormattable and not IEnumerable)
        {
            writer.WriteStringValue(ValueConverter.ToText(value));
            return;
        }

        writer.WriteStartObject();
        foreach (PropertyInfo property in properties)
        {
            writer.WritePropertyName(property.Name);
            // A getter that throws reads as null, as it does in PowerShell.
            Write(writer, PropertyReader.Read(value, property, out _), depth + 1);
        }

        writer.WriteEndObject();
    }
}
