namespace PerfTrace.Host.Help;

/// <summary>The markdown pages beside the program, one for each cmdlet that has been described.</summary>
internal sealed class HelpPages(string directory)
{
    /// <summary>The page without its front matter, or null if there is none.</summary>
    public string? Read(string name)
    {
        string path = Path.Combine(directory, name + ".md");
        if (!File.Exists(path))
            return null;
        string text = File.ReadAllText(path).ReplaceLineEndings("\n");
        if (!text.StartsWith("---\n", StringComparison.Ordinal))
            return text;
        int end = text.IndexOf("\n---\n", 3, StringComparison.Ordinal);
        return end < 0 ? text : text[(end + 5)..].TrimStart('\n');
    }

    /// <summary>The first paragraph under SYNOPSIS on one line, or nothing.</summary>
    public string Synopsis(string name)
    {
        if (Read(name) is not { } page)
            return "";
        const string Heading = "## SYNOPSIS\n";
        int start = page.IndexOf(Heading, StringComparison.OrdinalIgnoreCase);
        if (start < 0)
            return "";
        string rest = page[(start + Heading.Length)..].TrimStart('\n');
        int end = rest.IndexOf("\n\n", StringComparison.Ordinal);
        string paragraph = end < 0 ? rest : rest[..end];
        return MarkdownText.Inline(paragraph.ReplaceLineEndings(" ").Trim());
    }
}
