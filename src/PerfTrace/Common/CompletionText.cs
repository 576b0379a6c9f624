using System.Buffers;
using System.Management.Automation;

namespace PerfTrace.Commands;

/// <summary>Makes completion results that can stand in a command line as they are.</summary>
internal static class CompletionText
{
    // What ends or changes a bare word in PowerShell.
    private static readonly SearchValues<char> NeedsQuotes = SearchValues.Create(" \t,;|&(){}<>'\"`$@#");

    /// <summary>The names that begin with, or as a wildcard match, what is being typed.</summary>
    public static IEnumerable<CompletionResult> Match(string word, IEnumerable<string> names)
    {
        char quote = word.Length > 0 && word[0] is '\'' or '"' ? word[0] : '\0';
        var pattern = WildcardPattern.Get(word.Trim('\'', '"') + "*", WildcardOptions.IgnoreCase);
        foreach (string name in names)
        {
            if (pattern.IsMatch(name))
                yield return new CompletionResult(Quote(name, quote), name, CompletionResultType.ParameterValue, name);
        }
    }

    /// <summary>What of a word is itself: all before the first wildcard.</summary>
    public static string PrefixOf(string word)
    {
        string plain = word.Trim('\'', '"');
        int wildcard = plain.AsSpan().IndexOfAny('*', '?', '[');
        return wildcard < 0 ? plain : plain[..wildcard];
    }

    /// <summary>A name as it stands in a command line: in quotes where it must.</summary>
    public static string Bare(string name) => Quote(name, '\0');

    private static string Quote(string name, char quote) =>
        quote == '"' ? $"\"{name.Replace("\"", "`\"", StringComparison.Ordinal)}\""
        : quote == '\'' || name.AsSpan().IndexOfAny(NeedsQuotes) >= 0 ? $"'{name.Replace("'", "''", StringComparison.Ordinal)}'"
        : name;
}
