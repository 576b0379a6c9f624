using System.Buffers;
using System.Management.Automation;

namespace PerfTrace.Commands;

/// <summary>Makes completion results that can stand in a command line as they are.</summary>
internal static class CompletionText
{
    // What ends or changes a bare word in PowerShell.
    private static readonly SearchValues<char> NeedsQuotes = SearchValues.Create(" \t,;|&(){}<>'\"`$@#");

    /// <summary>The names that begin with, or as a wildcard match, what is being typed.</summary>
    public static IEnumerable<CompletionResult> Match(string word, IEnumerable<string> names) => MatchBehind(word, "", names);

    /// <summary>The same of the last part of a word: what stands before it stays as it is.</summary>
    /// <param name="word">All that was typed.</param>
    /// <param name="before">Its beginning, without quote.</param>
    /// <param name="names">What may follow.</param>
    public static IEnumerable<CompletionResult> MatchBehind(string word, string before, IEnumerable<string> names)
    {
        var pattern = WildcardPattern.Get(Plain(word)[before.Length..] + "*", WildcardOptions.IgnoreCase);
        return All(word, names.Where(pattern.IsMatch).Select(n => before + n));
    }

    /// <summary>These, in the quotes in which the word was begun.</summary>
    public static IEnumerable<CompletionResult> All(string word, IEnumerable<string> texts)
    {
        char quote = word.Length > 0 && word[0] is '\'' or '"' ? word[0] : '\0';
        return texts.Select(t => new CompletionResult(Quote(t, quote), t, CompletionResultType.ParameterValue, t));
    }

    /// <summary>A word without its quotes.</summary>
    public static string Plain(string word) => word.Trim('\'', '"');

    /// <summary>What of a word is itself: all before the first wildcard.</summary>
    public static string PrefixOf(string word)
    {
        string plain = Plain(word);
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
