using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace PerfTrace.BpfTrace;

/// <summary>The wildcards of attach points: <c>*</c>, <c>?</c> and <c>[abc]</c>, over a whole name.</summary>
internal static class ProbePattern
{
    /// <summary>Whether names are like a pattern; null is like anything.</summary>
    public static Func<string, bool> Of(string? pattern)
    {
        if (pattern is null or "*")
            return static _ => true;
        if (!AttachPoint.HasWildcard(pattern))
            return name => name == pattern;
        var expression = new StringBuilder("^");
        for (int i = 0; i < pattern.Length; i++)
        {
            int close = pattern[i] == '[' ? pattern.IndexOf(']', i + 1) : -1;
            if (close > 0 && SetOf(pattern.AsSpan(i + 1, close - i - 1)) is { } set)
            {
                expression.Append(set);
                i = close;
            }
            else
            {
                expression.Append(pattern[i] switch { '*' => ".*", '?' => ".", var c => Regex.Escape(c.ToString()) });
            }
        }
        var compiled = new Regex(expression.Append('$').ToString(), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        return compiled.IsMatch;
    }

    // "abc", "a-z", "!a"; null: it is no set, and the bracket is a character like others.
    private static string? SetOf(ReadOnlySpan<char> content)
    {
        bool isNot = content.StartsWith("!");
        content = isNot ? content[1..] : content;
        if (content.IsEmpty)
            return null;
        var set = new StringBuilder(isNot ? "[^" : "[");
        int before = set.Length;
        for (int i = 0; i < content.Length; i++)
        {
            bool isRange = i + 2 < content.Length && content[i + 1] == '-';
            char last = isRange ? content[i + 2] : content[i];
            if (content[i] <= last) // one that is backwards has nothing in it, as in fnmatch(3)
                set.Append(CultureInfo.InvariantCulture, $"\\u{(int)content[i]:x4}-\\u{(int)last:x4}");
            i += isRange ? 2 : 0;
        }
        return set.Length > before ? set.Append(']').ToString() : isNot ? "[\\s\\S]" : "[^\\s\\S]";
    }
}
