using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.Perf;

namespace PerfTrace.Commands;

/// <summary>Completes the names of tracepoints.</summary>
public sealed class TracepointNameCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        CompletionText.Match(wordToComplete, EventCatalogue.Default.TracepointNames());
}
