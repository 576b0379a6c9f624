using System.Globalization;
using System.Text;
using PerfTrace.Events.Printing;

namespace PerfTrace.Events.Matching;

/// <summary>Numbers by the names that <c>__print_symbolic</c> and <c>__print_flags</c> have for them.</summary>
internal static class NamedNumbers
{
    /// <summary>The number of a name; null when it is no name, or that of several numbers.</summary>
    public static ulong? Value(PrintSymbolic symbolic, ReadOnlySpan<byte> text)
    {
        string name = Encoding.UTF8.GetString(text);
        if (Number(name) is { } number)
            return number;
        ulong[] values = [.. symbolic.Table.Entries.Where(e => e.Name == name).Select(static e => e.Mask).Distinct()];
        return values.Length == 1 ? values[0] : null;
    }

    /// <summary>The bits of names; null when one is no name, or that of several bits.</summary>
    public static ulong? Value(PrintFlags flags, ReadOnlySpan<byte> text)
    {
        string all = Encoding.UTF8.GetString(text);
        if (all.Length == 0)
            return 0;
        if (flags.Delimiter.Length == 0)
            return null;
        ulong value = 0;
        foreach (string name in all.Split(flags.Delimiter))
        {
            if (Number(name) is { } number)
            {
                value |= number;
                continue;
            }
            ulong[] masks = [.. flags.Table.Entries.Where(e => e.Name == name).Select(static e => e.Mask).Distinct()];
            if (masks.Length != 1)
                return null;
            value |= masks[0];
        }
        return value;
    }

    /// <summary>
    /// The number behind <c>flags ? __print_flags(flags, ...) : "none"</c> and <c>flag ? "true" : "false"</c>; null when the text tells none.
    /// </summary>
    public static (FieldBits Place, ulong Value)? Value(Conditional choice, ReadOnlySpan<byte> text)
    {
        if (choice.Parts.ToArray() is not [var condition, var whenTrue, TextLiteral whenFalse] || FieldBits.Of(condition) is not { } place)
            return null;
        string name = Encoding.UTF8.GetString(text);
        switch (whenTrue)
        {
            case TextLiteral literal when literal.Text != whenFalse.Text && name == whenFalse.Text:
                return (place, 0);
            // Of a number all but 0 count as true.
            case TextLiteral literal when literal.Text != whenFalse.Text && name == literal.Text && (place.Width == 1 || place.Field.Type == typeof(bool)):
                return (place, 1);
            case PrintFlags flags when FieldBits.Of(flags.Operand) == place && flags.Table.Entries.All(e => e.Name != whenFalse.Text):
                return name == whenFalse.Text ? (place, 0) : Value(flags, text) is { } value and not 0 ? (place, value) : null;
            default:
                return null;
        }
    }

    private static ulong? Number(string text) =>
        text.StartsWith("0x", StringComparison.Ordinal) && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong value) ? value : null;
}
