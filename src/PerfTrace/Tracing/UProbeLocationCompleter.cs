using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Completes files, and behind the colon the functions of the file that was typed: <c>/bin/bash:readl</c>.</summary>
public sealed class UProbeLocationCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string word = CompletionText.Plain(wordToComplete);
        int colon = word.LastIndexOf(':');
        // No function has a slash in its name: "drive:/bin/ba" is a path.
        if (colon < 1 || word.AsSpan(colon).Contains('/'))
            return FileNames.Complete(wordToComplete);
        return ProbeFile.Find(word[..colon]) is { } path ? CompletionText.MatchBehind(wordToComplete, word[..(colon + 1)], UProbeResolver.FunctionNames(path)) : [];
    }
}
