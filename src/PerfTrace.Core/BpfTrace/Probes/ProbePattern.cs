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
            if (close > 0)
            {
                string content = pattern[(i + 1)..close].Replace("\\", "\\\\", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal);
                expression.Append('[').Append(content.StartsWith('!') ? $"^{content[1..]}" : content).Append(']');
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
}
