using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.Bpf;

namespace PerfTrace.Commands;

/// <summary>Completes the names of the tools that ship with the module.</summary>
public sealed class BpfToolCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        CompletionText.Match(wordToComplete, BpfToolSet.All.Select(static t => t.Name));
}
