using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.Perf;

namespace PerfTrace.Commands;

/// <summary>Completes event names: generalised events, PMU events and their terms, tracepoints.</summary>
public sealed class EventNameCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        CompletionText.Match(wordToComplete, EventCatalogue.Default.AllNames().Concat(EventCatalogue.Default.TermNames(wordToComplete.Trim('\'', '"'))).Distinct());
}
