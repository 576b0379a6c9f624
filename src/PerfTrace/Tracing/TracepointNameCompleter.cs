using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.Perf;

namespace PerfTrace.Commands;

/// <summary>Completes the names of tracepoints. A word without colon may be of the event's own name, too: <c>switch</c> is found in sched:sched_switch.</summary>
public sealed class TracepointNameCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string word = CompletionText.Plain(wordToComplete);
        if (word.Length == 0 || word.Contains(':', StringComparison.Ordinal))
            return CompletionText.Match(wordToComplete, EventCatalogue.Default.TracepointNames());
        // The beginning of the whole name first, then of the event's, then of a word in it.
        string[] names = [.. EventCatalogue.Default.TracepointNames()];
        string[] forms = [$"{word}*", $"*:{word}*", $"*_{word}*"];
        WildcardPattern[] patterns = [.. forms.Select(static f => WildcardPattern.Get(f, WildcardOptions.IgnoreCase))];
        return CompletionText.All(wordToComplete, patterns.SelectMany(p => names.Where(p.IsMatch)).Distinct());
    }
}
