using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Completes the names of kernel functions.</summary>
public sealed class KernelFunctionCompleter : IArgumentCompleter
{
    private const int Most = 1000;

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            return CompletionText.Match(wordToComplete, KernelFunctions.List(SystemPaths.Default).Select(static f => f.Name)).Take(Most);
        }
        catch (KernelException)
        {
            return []; // whoever asks for one gets the error
        }
    }
}
