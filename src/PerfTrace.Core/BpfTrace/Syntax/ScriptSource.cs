namespace PerfTrace.BpfTrace;

/// <summary>The text of a script, or of a file that it imports, with the name that its messages show.</summary>
public sealed class ScriptSource
{
    /// <summary>What bpftrace calls a script of its command line.</summary>
    public const string CommandLineName = "stdin";

    private readonly int[] lineStarts;

    /// <param name="name">A path, or what stands for one: <see cref="CommandLineName"/>.</param>
    /// <param name="text">The script.</param>
    public ScriptSource(string name, string text)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(text);
        Name = name;
        Text = text;
        lineStarts = FindLines(text);
    }

    private ScriptSource(ScriptSource written, string macro, SourceSpan callSite)
    {
        (Name, Text, lineStarts) = (written.Name, written.Text, written.lineStarts);
        (Macro, CallSite) = (macro, callSite);
    }

    public string Name { get; }

    public string Text { get; }

    /// <summary>What a list shows of it: the file, or the first line of the script.</summary>
    public string Title => Name == CommandLineName ? Text.AsSpan().Trim().ToString().Split('\n')[0].TrimEnd() : Name;

    /// <summary>Where the macro was called whose expansion this text is seen as; null for a text as it was written.</summary>
    public SourceSpan? CallSite { get; }

    /// <summary>The name of that macro.</summary>
    internal string? Macro { get; }

    internal int LineCount => lineStarts.Length;

    /// <summary>The line and column, both from 1, of a character; a place behind the end is that of the end.</summary>
    public (int Line, int Column) Position(int offset)
    {
        offset = Math.Clamp(offset, 0, Text.Length);
        int line = Array.BinarySearch(lineStarts, offset);
        if (line < 0)
            line = ~line - 1;
        return (line + 1, offset - lineStarts[line] + 1);
    }

    /// <summary>A line without its end.</summary>
    internal ReadOnlySpan<char> Line(int line)
    {
        int start = lineStarts[line - 1];
        int end = line < lineStarts.Length ? lineStarts[line] : Text.Length;
        return Text.AsSpan(start, end - start).TrimEnd("\r\n");
    }

    /// <summary>The same text as what a macro brings to the place that calls it: messages show both.</summary>
    internal ScriptSource ExpandedAt(string macro, SourceSpan callSite) => new(this, macro, callSite);

    internal SourceSpan Span(int start, int end) => new(this, start, end - start);

    private static int[] FindLines(string text)
    {
        var starts = new List<int> { 0 };
        for (int at = text.IndexOf('\n'); at >= 0; at = text.IndexOf('\n', at + 1))
            starts.Add(at + 1);
        return [.. starts];
    }
}
