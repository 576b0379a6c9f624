using System.Text;

namespace PerfTrace.Events.Filtering;

/// <summary>
/// A pattern of the kernel's glob_match() (lib/glob.c): <c>*</c>, <c>?</c>, <c>[a-z]</c>, <c>[!a]</c>, and <c>\</c> before a literal character. The kernel compares
/// byte by byte and knows no case: a letter of either case is written as a class of two.
/// </summary>
internal sealed class GlobPattern
{
    private readonly List<Piece> _pieces = [];

    private GlobPattern(string? problem = null) => Problem = problem;

    /// <summary>A character of the text, or with neither ranges nor any character a run of them: <c>*</c>.</summary>
    /// <param name="Ranges">It is one out of these; null: any.</param>
    /// <param name="IsAnyCharacter">It is one, and may be any.</param>
    internal readonly record struct Piece(IReadOnlyList<(char Low, char High)>? Ranges, bool IsAnyCharacter = false)
    {
        public bool IsRun => Ranges is null && !IsAnyCharacter;
    }

    /// <summary>What it is made of.</summary>
    internal IReadOnlyList<Piece> Pieces => _pieces;

    /// <summary>Why there is no pattern.</summary>
    public string? Problem { get; private init; }

    /// <summary>The kernel's pattern; null with a <see cref="Problem"/>.</summary>
    public string? Text => Problem is null ? Write() : null;

    public static GlobPattern OfLiteral(string text)
    {
        var pattern = new GlobPattern();
        foreach (char c in text)
            pattern.AddLiteral(c, isCaseSensitive: false);
        return pattern.Checked(text);
    }

    /// <summary>Translates PowerShell's wildcards (about_Wildcards), backtick escapes among them.</summary>
    public static GlobPattern OfWildcard(string wildcard, bool isCaseSensitive)
    {
        var pattern = new GlobPattern();
        for (int i = 0; i < wildcard.Length; i++)
        {
            char c = wildcard[i];
            switch (c)
            {
                case '`' when i + 1 < wildcard.Length:
                    pattern.AddLiteral(wildcard[++i], isCaseSensitive);
                    break;
                case '*':
                    pattern._pieces.Add(new Piece(null));
                    break;
                case '?':
                    pattern._pieces.Add(new Piece(null, IsAnyCharacter: true));
                    break;
                case '[':
                    int close = wildcard.IndexOf(']', i + 1);
                    if (close < 0)
                        return new GlobPattern("the bracket in the pattern is not closed");
                    pattern.AddClass(wildcard[(i + 1)..close], isCaseSensitive);
                    i = close;
                    break;
                default:
                    pattern.AddLiteral(c, isCaseSensitive);
                    break;
            }
        }
        return pattern.Checked(wildcard);
    }

    /// <summary>Translates those regular expressions that a wildcard can say as well: texts, <c>^</c> and <c>$</c>, <c>.</c>, <c>.*</c>, <c>.+</c>, <c>[a-z]</c>, <c>\d</c>, <c>\w</c> and escapes.</summary>
    public static GlobPattern OfRegex(string regex, bool isCaseSensitive)
    {
        var pattern = new GlobPattern();
        int at = 0, end = regex.Length;
        if (regex.StartsWith('^'))
            at++;
        else
            pattern._pieces.Add(new Piece(null));
        bool isAnchored = regex.EndsWith('$') && !regex.EndsWith("\\$", StringComparison.Ordinal);
        if (isAnchored)
            end--;
        for (; at < end; at++)
        {
            char c = regex[at];
            switch (c)
            {
                case '.' when at + 1 < end && regex[at + 1] is '*' or '+':
                    if (regex[++at] == '+')
                        pattern._pieces.Add(new Piece(null, IsAnyCharacter: true));
                    pattern._pieces.Add(new Piece(null));
                    break;
                case '.':
                    pattern._pieces.Add(new Piece(null, IsAnyCharacter: true));
                    break;
                case '\\' when at + 1 < end && regex[at + 1] == 'd':
                    pattern._pieces.Add(new Piece([('0', '9')]));
                    at++;
                    break;
                case '\\' when at + 1 < end && regex[at + 1] == 'w':
                    pattern._pieces.Add(new Piece([('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]));
                    at++;
                    break;
                case '\\' when at + 1 < end && !char.IsAsciiLetterOrDigit(regex[at + 1]):
                    pattern.AddLiteral(regex[++at], isCaseSensitive);
                    break;
                case '[' when regex.IndexOf(']', at + 1) is var close && close > at + 1 && close < end && !regex.AsSpan(at + 1, close - at - 1).ContainsAny('\\', '^', '['):
                    pattern.AddClass(regex[(at + 1)..close], isCaseSensitive);
                    at = close;
                    break;
                case '\\' or '[' or '(' or ')' or '{' or '|' or '?' or '*' or '+' or '^' or '$':
                    return new GlobPattern($"'{c}' at this place of a regular expression is more than the kernel compares: it takes texts, '^', '$', '.', '.*', '.+', '[a-z]', '\\d', '\\w' and escapes");
                default:
                    pattern.AddLiteral(c, isCaseSensitive);
                    break;
            }
        }
        if (!isAnchored)
            pattern._pieces.Add(new Piece(null));
        return pattern.Checked(regex);
    }

    public bool IsMatch(string text) => Match(0, text, 0);

    private bool Match(int piece, string text, int at)
    {
        for (; piece < _pieces.Count; piece++)
        {
            Piece p = _pieces[piece];
            if (p.IsRun)
            {
                for (int rest = at; rest <= text.Length; rest++)
                {
                    if (Match(piece + 1, text, rest))
                        return true;
                }
                return false;
            }
            if (at >= text.Length || (p.Ranges is { } ranges && !ranges.Any(r => text[at] >= r.Low && text[at] <= r.High)))
                return false;
            at++;
        }
        return at == text.Length;
    }

    private GlobPattern Checked(string source) =>
        Problem is null && source.Any(static c => c > 0x7f && KernelFilterWriter.HasTwoCases(c))
            ? new GlobPattern("the kernel knows upper and lower case of ASCII letters alone; use a case-sensitive operator (-clike, -ceq)")
            : this;

    private void AddLiteral(char c, bool isCaseSensitive) =>
        _pieces.Add(new Piece(isCaseSensitive || !KernelFilterWriter.HasTwoCases(c)
            ? [(c, c)]
            : [(char.ToLowerInvariant(c), char.ToLowerInvariant(c)), (char.ToUpperInvariant(c), char.ToUpperInvariant(c))]));

    private void AddClass(string content, bool isCaseSensitive)
    {
        var ranges = new List<(char, char)>();
        for (int i = 0; i < content.Length; i++)
        {
            (char low, char high) = i + 2 < content.Length && content[i + 1] == '-' ? (content[i], content[i + 2]) : (content[i], content[i]);
            if (low != high)
                i += 2;
            ranges.Add((low, high));
            if (isCaseSensitive)
                continue;
            if (char.IsAsciiLetter(low) && char.IsAsciiLetter(high))
            {
                ranges.Add((char.ToLowerInvariant(low), char.ToLowerInvariant(high)));
                ranges.Add((char.ToUpperInvariant(low), char.ToUpperInvariant(high)));
            }
        }
        _pieces.Add(new Piece([.. ranges.Distinct()]));
    }

    // filter_parse_regex() of kernel/trace/trace_events_filter.c takes a "!" at the beginning for a negation and a digit for an index.
    private string Write()
    {
        var text = new StringBuilder();
        foreach (Piece piece in _pieces)
        {
            if (piece.Ranges is not { } ranges)
                text.Append(piece.IsAnyCharacter ? '?' : '*');
            else if (ranges is [var (low, high)] && low == high)
                text.Append(low is '*' or '?' or '[' or '\\' || (text.Length == 0 && (low == '!' || char.IsAsciiDigit(low))) ? $"\\{low}" : low.ToString());
            else
                WriteClass(text, ranges);
        }
        return text.ToString();
    }

    // In a class a "]" counts as a member where it is first, "!" as a negation there, and "-" as itself at the end.
    private static void WriteClass(StringBuilder text, IReadOnlyList<(char Low, char High)> ranges)
    {
        text.Append('[');
        foreach ((char low, char high) in ranges.OrderBy(static r => r.Low == ']' ? 0 : r.Low is '!' or '-' ? 2 : 1))
            text.Append(low == high ? low.ToString() : $"{low}-{high}");
        text.Append(']');
    }
}
