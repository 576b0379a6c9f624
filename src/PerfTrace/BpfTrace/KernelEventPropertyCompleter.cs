using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.BpfTrace;

namespace PerfTrace.Commands;

/// <summary>Completes what an event can be grouped by, and what can be added up: the fields of the events that are named before.</summary>
public sealed class KernelEventPropertyCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string[] events = fakeBoundParameters["Event"] switch
        {
            string one => [one],
            IEnumerable many => [.. many.Cast<object?>().Select(static e => $"{e}")],
            _ => [],
        };
        bool isNumber = !string.Equals(parameterName, "GroupBy", StringComparison.OrdinalIgnoreCase);
        return CompletionText.Match(wordToComplete, KernelEventQuery.PropertyNames(events, isNumber, fakeBoundParameters.Contains("Latency")));
    }
}
