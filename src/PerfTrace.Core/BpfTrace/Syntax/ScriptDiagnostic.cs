using System.Text;

namespace PerfTrace.BpfTrace;

/// <summary>An error in a script, or a warning, with the place and what to do about it.</summary>
/// <param name="Severity">Whether the script can run.</param>
/// <param name="Span">The place.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Hint">What to do; null when the message says it.</param>
public sealed record ScriptDiagnostic(ScriptSeverity Severity, SourceSpan Span, string Message, string? Hint = null)
{
    private const int TabWidth = 4;

    // A message of one line shows no more lines of the script than a reader looks at.
    private const int MostLines = 8;

    // A line of generated text can be as long as the script.
    private const int MostColumns = 500;

    // Expansions inside expansions: the innermost calls are those that say where the trouble is.
    private const int MostCallSites = 8;

    /// <summary>The message as bpftrace writes it: the place, the line, a row of tildes below what is meant, the hint.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Show(text, Span, Message);
        if (Hint is not null)
            text.Append("HINT: ").Append(Hint).Append('\n');
        ScriptSource? source = Span.Source;
        for (int shown = 0; source?.CallSite is { } call && shown < MostCallSites; shown++)
        {
            Show(text, call, $"expanded from the macro '{source.Macro}'");
            source = call.Source;
        }
        text.Length--;
        return text.ToString();
    }

    private void Show(StringBuilder text, SourceSpan span, string message)
    {
        string shown = message.Length <= MostColumns ? message : string.Concat(message.AsSpan(0, MostColumns), "…");
        text.Append(span.ToString()).Append(": ").Append(Severity == ScriptSeverity.Error ? "ERROR: " : "WARNING: ").Append(shown).Append('\n');
        if (span.Source is not { } source)
            return;
        (int first, int column) = source.Position(span.Start);
        (int last, int lastColumn) = source.Position(span.End);
        if (first != last)
        {
            for (int line = first; line <= Math.Min(last, first + MostLines - 1); line++)
                text.Append(source.Line(line)).Append('\n');
            return;
        }
        ReadOnlySpan<char> content = source.Line(first);
        int skipped = content.Length > MostColumns ? Math.Clamp(column - (MostColumns / 2), 0, content.Length) : 0;
        content = content[skipped..Math.Min(content.Length, skipped + MostColumns)];
        (column, lastColumn) = (column - skipped, lastColumn - skipped);
        foreach (char c in content)
            AppendWide(text, c, c);
        text.Append('\n');
        for (int i = 0; i < lastColumn - 1 && i < content.Length; i++)
            AppendWide(text, content[i], i < column - 1 ? ' ' : '~');
        if (column > content.Length) // the end of the line is what is meant
            text.Append('~');
        text.Append('\n');
    }

    private static void AppendWide(StringBuilder text, char written, char shown)
    {
        if (written == '\t')
            text.Append(shown == '\t' ? ' ' : shown, TabWidth);
        else
            text.Append(char.IsControl(shown) ? '?' : shown);
    }
}
