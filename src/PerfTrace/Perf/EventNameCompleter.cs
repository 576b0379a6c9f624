using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.Perf;

namespace PerfTrace.Commands;

/// <summary>Completes event names: generalised events, PMU events and their terms, tracepoints. Of several in a word the last one, <c>'{page-faults,cont</c>.</summary>
public sealed class EventNameCompleter : IArgumentCompleter
{
    private const string Breakpoint = "mem:";

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string word = CompletionText.Plain(wordToComplete);
        int begin = LastEvent(word);
        return CompletionText.MatchBehind(wordToComplete, word[..begin], EventCatalogue.Default.AllNames().Concat(EventCatalogue.Default.TermNames(word[begin..])).Distinct());
    }

    // A comma between the slashes of a PMU is one between its terms; of a breakpoint the slash stands alone.
    private static int LastEvent(string word)
    {
        int begin = 0;
        bool isTerm = false;
        for (int i = 0; i < word.Length; i++)
        {
            if (word[i] == '/' && !word.AsSpan(begin).StartsWith(Breakpoint, StringComparison.Ordinal))
                isTerm = !isTerm;
            else if (!isTerm && word[i] is ',' or '{')
                begin = i + 1;
        }
        return begin;
    }
}
