using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Completes the names of synthetic events.</summary>
public sealed class SyntheticEventCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            return CompletionText.Match(wordToComplete, SyntheticEvents.List(SystemPaths.Default).Select(static e => e.Name));
        }
        catch (KernelException)
        {
            return []; // whoever asks for one gets the error
        }
    }
}
