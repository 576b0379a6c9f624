using System.Globalization;
using System.Text;

namespace PerfTrace.Tracing;

/// <summary>Guards the words of a probe's definition, and makes names that the kernel takes.</summary>
internal static class ProbeText
{
    // MAX_EVENT_NAME_LEN in kernel/trace/trace.h, the terminating zero included; groups have the same.
    public const int LongestName = 63;

    /// <summary>Returns a group's or an event's name if the kernel can take it: letters, digits and underscores, the first no digit.</summary>
    /// <exception cref="TraceNameException">It is something else.</exception>
    public static string CheckName(string name, string what)
    {
        if (name.Length is 0 or > LongestName)
            throw new TraceNameException(name, $"The name of a probe's {what} has 1 to {LongestName} characters.");
        foreach (char c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_')
                throw new TraceNameException(name, $"The name of a probe's {what} has letters, digits and underscores alone.");
        }
        return char.IsAsciiDigit(name[0]) ? throw new TraceNameException(name, $"The name of a probe's {what} can not begin with a digit.") : name;
    }

    /// <summary>Returns a text if it is one word of a command line in tracefs.</summary>
    /// <param name="text">What the user wrote.</param>
    /// <param name="what">What it is, with its article, for the message.</param>
    /// <param name="advice">What to do about white space and #; null when there is nothing to say.</param>
    /// <exception cref="ProbeSyntaxException">It is empty, or has white space, a control character, or a # in it.</exception>
    public static string CheckWord(string text, string what, string? advice = null)
    {
        if (text.Length == 0)
            throw new ProbeSyntaxException(text, $"{what} is empty.");
        foreach (char c in text)
        {
            // The kernel splits the line at white space, and takes what follows a # for a comment (trace_parse_run_command).
            string? wrong = char.IsControl(c) ? "line breaks or control characters" : char.IsWhiteSpace(c) ? "white space" : c == '#' ? "a #" : null;
            if (wrong is not null)
                throw new ProbeSyntaxException(text, $"{what} can not have {wrong} in it.{(advice is null ? "" : " " + advice)}");
        }
        return text;
    }

    /// <summary>A name for an event made from other names: <c>foo.constprop.0</c> becomes <c>foo_constprop_0</c>.</summary>
    public static string MakeName(string text)
    {
        const int roomForNumber = 8;
        var name = new StringBuilder();
        foreach (char c in text)
            name.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        if (name.Length == 0 || char.IsAsciiDigit(name[0]))
            name.Insert(0, '_');
        return name.ToString(0, Math.Min(name.Length, LongestName - roomForNumber));
    }

    /// <summary>Reads a number as the kernel does: decimal, or hexadecimal with 0x.</summary>
    public static bool TryParseNumber(ReadOnlySpan<char> text, out ulong value)
    {
        const NumberStyles hex = NumberStyles.AllowHexSpecifier, plain = NumberStyles.None;
        return text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? ulong.TryParse(text[2..], hex, CultureInfo.InvariantCulture, out value)
            : ulong.TryParse(text, plain, CultureInfo.InvariantCulture, out value);
    }
}
