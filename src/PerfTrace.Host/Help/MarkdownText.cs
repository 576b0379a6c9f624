using System.Text;

namespace PerfTrace.Host.Help;

/// <summary>Shows a help page as text: headings, indented code, and inline marks taken away. On a terminal headings are bold.</summary>
internal static class MarkdownText
{
    private const string Bold = "\e[1m";
    private const string Reset = "\e[0m";
    private const string CodeIndent = "    ";

    public static string Render(string markdown, bool hasColor)
    {
        var text = new StringBuilder(markdown.Length);
        bool inCode = false;
        bool lastIsEmpty = true;
        foreach (string line in markdown.ReplaceLineEndings("\n").Split('\n'))
        {
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                inCode = !inCode;
                continue;
            }

            string shown = inCode ? (line.Length == 0 ? "" : CodeIndent + line) : RenderLine(line, hasColor);
            // Fences that are gone leave two empty lines where one is enough.
            if (shown.Length == 0 && lastIsEmpty)
                continue;
            lastIsEmpty = shown.Length == 0;
            text.Append(shown).Append('\n');
        }

        return text.ToString().TrimEnd('\n') + "\n";
    }

    /// <summary>A line without its marks: emphasis, links, escapes. What stands in backticks stays as it is.</summary>
    public static string Inline(string line)
    {
        var text = new StringBuilder(line.Length);
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] == '`' && line.IndexOf('`', i + 1) is var close and > 0)
            {
                text.Append(line, i + 1, close - i - 1);
                i = close;
            }
            else if (line[i] == '\\' && i + 1 < line.Length && char.IsPunctuation(line[i + 1]) | char.IsSymbol(line[i + 1]))
            {
                text.Append(line[++i]);
            }
            else if (line[i] == '[' && TryReadLink(line, i, out string label, out int end))
            {
                text.Append(label);
                i = end;
            }
            else if (line.AsSpan(i).StartsWith("**", StringComparison.Ordinal))
            {
                i++;
            }
            else
            {
                text.Append(line[i]);
            }
        }

        return text.ToString();
    }

    private static string RenderLine(string line, bool hasColor)
    {
        int level = 0;
        while (level < line.Length && line[level] == '#')
            level++;
        if (level == 0 || level == line.Length || line[level] != ' ')
            return Inline(line).TrimEnd();
        string heading = Inline(line[(level + 1)..].Trim());
        return hasColor ? Bold + heading + Reset : heading;
    }

    /// <summary><c>[label](address)</c>; the address is kept where it leads out of the help.</summary>
    private static bool TryReadLink(string line, int start, out string label, out int end)
    {
        label = "";
        int close = line.IndexOf("](", start, StringComparison.Ordinal);
        end = close < 0 ? -1 : line.IndexOf(')', close);
        if (end < 0)
            return false;
        label = line[(start + 1)..close];
        string address = line[(close + 2)..end];
        if (address.StartsWith("http", StringComparison.OrdinalIgnoreCase) && address != label)
            label += $" ({address})";
        return true;
    }
}
