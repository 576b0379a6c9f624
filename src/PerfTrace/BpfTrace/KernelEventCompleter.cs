using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.BpfTrace;

namespace PerfTrace.Commands;

/// <summary>Completes what Measure-KernelEvent measures: tracepoints by their names alone, and probes behind their kind.</summary>
public sealed class KernelEventCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string word = CompletionText.Plain(wordToComplete);
        IArgumentCompleter completer = word.Contains(':', StringComparison.Ordinal) && KernelEventQuery.IsProbe(word) ? new BpfTraceProbeCompleter() : new TracepointNameCompleter();
        return completer.CompleteArgument(commandName, parameterName, wordToComplete, commandAst, fakeBoundParameters);
    }
}
