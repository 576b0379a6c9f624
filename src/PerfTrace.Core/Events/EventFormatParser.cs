using System.Globalization;

namespace PerfTrace.Events;

/// <summary>Parses a tracepoint's <c>format</c> file as f_show() of kernel/trace/trace_events.c prints it.</summary>
public static class EventFormatParser
{
    /// <exception cref="EventFormatException">The text is not such a file; the line is in the exception.</exception>
    public static EventFormat Parse(string system, string text)
    {
        string? name = null, printFormat = null;
        int? id = null;
        var common = new List<EventField>();
        var own = new List<EventField>();
        int line = 0;
        foreach (ReadOnlySpan<char> raw in text.AsSpan().EnumerateLines())
        {
            line++;
            ReadOnlySpan<char> content = raw.Trim();
            if (content.IsEmpty || content is "format:")
                continue;
            string Subject() => $"{system}:{name ?? "?"}";
            if (Value(content, "name:") is { } nameText)
            {
                name = nameText;
            }
            else if (Value(content, "ID:") is { } idText)
            {
                id = int.TryParse(idText, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                    ? number
                    : throw new EventFormatException(Subject(), line, $"'{idText}' is no id.");
            }
            else if (Value(content, "field:") is { } fieldText)
            {
                EventField field = ParseField(fieldText) ?? throw new EventFormatException(Subject(), line, $"'{fieldText}' is no field.");
                (field.IsCommon ? common : own).Add(field);
            }
            else if (Value(content, "print fmt:") is { } printText)
            {
                printFormat = printText;
            }
            else if (printFormat is null)
            {
                throw new EventFormatException(Subject(), line, $"'{content}' was not expected.");
            }
            else
            {
                printFormat += "\n" + raw.ToString(); // a format string with a line break in it
            }
        }
        return new EventFormat(
            system,
            name ?? throw new EventFormatException($"{system}:?", line, "the name is missing."),
            id ?? throw new EventFormatException($"{system}:{name}", line, "the ID is missing."),
            common, own, printFormat ?? "");
    }

    private static string? Value(ReadOnlySpan<char> line, string key) =>
        line.StartsWith(key, StringComparison.Ordinal) ? line[key.Length..].Trim().ToString() : null;

    /// <summary>Parses <c>char comm[16];	offset:8;	size:16;	signed:0;</c>; null when it is not in that form.</summary>
    internal static EventField? ParseField(string text)
    {
        int offsetAt = text.LastIndexOf("offset:", StringComparison.Ordinal);
        if (offsetAt <= 0)
            return null;
        string declaration = text[..offsetAt].Trim().TrimEnd(';').Trim();
        int? offset = null, size = null, isSigned = 0;
        foreach (string part in text[offsetAt..].Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int colon = part.IndexOf(':');
            if (colon < 0 || !int.TryParse(part.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
                return null;
            switch (part[..colon])
            {
                case "offset": offset = number; break;
                case "size": size = number; break;
                case "signed": isSigned = number; break; // not printed before Linux 2.6.33; other keys may come
            }
        }
        return offset is null || size is null ? null : Describe(declaration, offset.Value, size.Value, isSigned != 0);
    }

    private static EventField? Describe(string declaration, int offset, int size, bool isSigned)
    {
        (string type, string name, string? dimension) = Split(declaration);
        if (name.Length == 0 || type.Length == 0)
            return null;
        bool isRelative = type.StartsWith("__rel_loc ", StringComparison.Ordinal);
        if (isRelative || type.StartsWith("__data_loc ", StringComparison.Ordinal))
            return Dynamic(type, name, offset, size, isSigned, isRelative);

        if (dimension is not null)
        {
            string typeName = $"{type}[{dimension}]";
            if (CTypes.IsCharacter(type))
                return new EventField(name, typeName, offset, size, isSigned, EventFieldKind.FixedString, 1, false);
            int element = int.TryParse(dimension, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0 && size % count == 0
                ? size / count
                : CTypes.SizeOf(type) ?? 0;
            return element is 1 or 2 or 4 or 8 && (size == 0 || size % element == 0)
                ? new EventField(name, typeName, offset, size, isSigned, EventFieldKind.FixedArray, element, false)
                : new EventField(name, typeName, offset, size, isSigned, EventFieldKind.Opaque, 1, false);
        }
        if (type.Contains('*') || type.Contains('('))
            return new EventField(name, type, offset, size, false, size == sizeof(ulong) ? EventFieldKind.Pointer : Scalar(size), size, false);
        return new EventField(name, type, offset, size, isSigned, Scalar(size), size, false);
    }

    private static EventFieldKind Scalar(int size) => size is 1 or 2 or 4 or 8 ? EventFieldKind.Integer : EventFieldKind.Opaque;

    private static EventField Dynamic(string type, string name, int offset, int size, bool isSigned, bool isRelative)
    {
        string element = type[(type.IndexOf(' ') + 1)..].Trim();
        if (element.EndsWith("[]", StringComparison.Ordinal))
            element = element[..^2].Trim();
        (EventFieldKind kind, int elementSize) =
            CTypes.IsCharacter(element) ? (EventFieldKind.DynamicString, 1)
            : element is "cpumask_t" or "cpumask" ? (EventFieldKind.DynamicBitmask, sizeof(ulong))
            : CTypes.SizeOf(element) is { } known ? (EventFieldKind.DynamicArray, known)
            : (EventFieldKind.Opaque, 1);
        return new EventField(name, type, offset, size, isSigned, kind, elementSize, isRelative);
    }

    // "unsigned long args[6]", "const char * name", "__data_loc char[] name", "int (*fn)(void)": the name is the last word before
    // any dimension.
    private static (string Type, string Name, string? Dimension) Split(string declaration)
    {
        string rest = declaration;
        string? dimension = null;
        if (rest.EndsWith(']'))
        {
            int open = rest.LastIndexOf('[');
            if (open <= 0)
                return ("", "", null);
            dimension = rest[(open + 1)..^1].Trim();
            rest = rest[..open].TrimEnd();
            // "u8 a[2][3]": the inner dimensions belong to the elements.
            while (rest.EndsWith(']') && rest.LastIndexOf('[') is var inner and > 0)
            {
                dimension = $"{rest[(inner + 1)..^1].Trim()}][{dimension}";
                rest = rest[..inner].TrimEnd();
            }
        }
        int end = rest.Length;
        int start = end;
        while (start > 0 && (char.IsAsciiLetterOrDigit(rest[start - 1]) || rest[start - 1] is '_' or '$' or '.'))
            start--;
        return (rest[..start].Trim(), rest[start..end], dimension);
    }
}
