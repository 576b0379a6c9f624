using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.Bpf;
using PerfTrace.Kernel;

namespace PerfTrace.Commands;

/// <summary>Completes paths in bpffs where something is pinned.</summary>
public sealed class BpfPinCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        CompletionText.Match(wordToComplete, BpfPin.ReadAll(SystemPaths.Default).Select(static p => p.Path));
}
