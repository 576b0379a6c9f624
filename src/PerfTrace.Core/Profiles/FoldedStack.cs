using System.Globalization;

namespace PerfTrace.Profiles;

/// <summary>A call stack in one line, as the tools around flame graphs exchange it: <c>bash;main;execute_command;_fork 12</c>.</summary>
/// <param name="Frames">From the outermost, which by custom is the command, to the innermost.</param>
/// <param name="Count">How many samples, or what else was counted.</param>
public sealed record FoldedStack(IReadOnlyList<string> Frames, long Count)
{
    /// <summary>The frames as the line has them, separated by semicolons.</summary>
    public string Stack => string.Join(';', Frames);

    /// <summary>The line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Stack} {Count}");

    /// <summary>Reads a line.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static FoldedStack Parse(string line)
    {
        // Frames may have blanks in them: the number stands behind the last one.
        ReadOnlySpan<char> text = line.AsSpan().Trim();
        int blank = text.LastIndexOfAny(' ', '\t');
        if (blank < 0)
            throw new FormatException("A folded stack is frames separated by ';', a blank and a number.");
        ReadOnlySpan<char> number = text[(blank + 1)..];
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long count))
            throw new FormatException($"A folded stack ends with a number of 0 to {long.MaxValue}, not with '{number}'.");
        string[] frames = text[..blank].TrimEnd().ToString().Split(';');
        // An empty name can not be told from none.
        for (int i = 0; i < frames.Length; i++)
            frames[i] = FoldedNames.Escape(frames[i]);
        return new FoldedStack(frames, count);
    }

    /// <summary>Equal when the frames and the count are.</summary>
    public bool Equals(FoldedStack? other) => other is not null && Count == other.Count && Frames.SequenceEqual(other.Frames, StringComparer.Ordinal);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Count);
        foreach (string frame in Frames)
            hash.Add(frame, StringComparer.Ordinal);
        return hash.ToHashCode();
    }
}
