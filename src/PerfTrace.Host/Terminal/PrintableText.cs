using System.Text;

namespace PerfTrace.Host.Terminal;

/// <summary>
/// Text that cannot move the cursor. Names of processes and fields of events are the tracee's to choose, and an escape sequence
/// among them must not reach the user's terminal.
/// </summary>
internal static class PrintableText
{
    /// <summary>Without control characters; line breaks and tabs become spaces.</summary>
    public static string OneLine(string text) => Clean(text, keepsLines: false);

    /// <summary>Without control characters other than line breaks and tabs.</summary>
    public static string Lines(string text) => Clean(text, keepsLines: true);

    private static string Clean(string text, bool keepsLines)
    {
        if (!text.Any(char.IsControl))
            return text;
        var clean = new StringBuilder(text.Length);
        foreach (char c in text.Replace("\r\n", "\n", StringComparison.Ordinal))
        {
            bool isSpace = c is '\n' or '\t';
            if (!char.IsControl(c) || (isSpace && keepsLines))
                clean.Append(c);
            else
                clean.Append(isSpace ? ' ' : '\uFFFD');
        }

        return clean.ToString();
    }
}
