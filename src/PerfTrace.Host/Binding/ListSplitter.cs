namespace PerfTrace.Host.Binding;

/// <summary>
/// Splits <c>a,b</c> at its commas, but not those inside the kernel tools' own syntax: event groups (<c>{cycles,instructions}:u</c>) and the
/// terms of a PMU event (<c>cpu/event=0x3c,umask=1/</c>).
/// </summary>
internal static class ListSplitter
{
    /// <summary>The letters that perf accepts after the closing slash of a PMU event.</summary>
    private const string EventModifiers = "ukhIGHpPSDWebR";

    public static List<QuotedText> Split(QuotedText argument)
    {
        var parts = new List<QuotedText>();
        string shape = argument.Shape;
        int start = 0;
        for (int i = 0; i < shape.Length; i++)
        {
            if (shape[i] == '{')
            {
                i = EndOfBraces(shape, i);
            }
            else if (shape[i] == '/' && IsPmuName(shape.AsSpan(start, i - start)))
            {
                i = EndOfTerms(shape, i);
            }
            else if (shape[i] == ',')
            {
                parts.Add(argument[start..i]);
                start = i + 1;
            }
        }

        parts.Add(argument[start..]);
        return parts;
    }

    /// <summary>Where the brace that opens here is closed, or the end of a text that never closes it.</summary>
    public static int EndOfBraces(string text, int open)
    {
        int depth = 0;
        for (int i = open; i < text.Length; i++)
        {
            if (text[i] == '{')
                depth++;
            else if (text[i] == '}' && --depth == 0)
                return i;
        }

        return text.Length - 1;
    }

    /// <summary>The slash that ends a PMU event's terms; the opening one if this is not such an event but a path.</summary>
    private static int EndOfTerms(string text, int open)
    {
        int close = text.IndexOf('/', open + 1);
        if (close < 0)
            return open;
        int i = close + 1;
        if (i < text.Length && text[i] == ':')
            i++;
        while (i < text.Length && EventModifiers.Contains(text[i], StringComparison.Ordinal))
            i++;
        return i == text.Length || text[i] is ',' or '}' ? close : open;
    }

    private static bool IsPmuName(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.'))
                return false;
        }

        return !text.IsEmpty && text[0] is not ('.' or '-');
    }
}
