using System.Globalization;

namespace PerfTrace.BpfTrace;

/// <summary>A stretch of a script.</summary>
/// <param name="Source">The text it is in.</param>
/// <param name="Start">Its first character, from 0.</param>
/// <param name="Length">How many characters.</param>
public readonly record struct SourceSpan(ScriptSource Source, int Start, int Length)
{
    public int End => Start + Length;

    internal ReadOnlySpan<char> Text => Source.Text.AsSpan(Start, Length);

    /// <summary>From the start of this one to the end of another of the same source.</summary>
    internal SourceSpan To(SourceSpan last) => this with { Length = Math.Max(Length, last.End - Start) };

    /// <summary><c>name:line:column-column</c>, or <c>name:line-line</c> of several lines, as bpftrace writes it.</summary>
    public override string ToString()
    {
        if (Source is null)
            return "";
        (int line, int column) = Source.Position(Start);
        (int lastLine, int lastColumn) = Source.Position(End);
        return line == lastLine
            ? string.Create(CultureInfo.InvariantCulture, $"{Source.Name}:{line}:{column}-{lastColumn}")
            : string.Create(CultureInfo.InvariantCulture, $"{Source.Name}:{line}-{lastLine}");
    }
}
