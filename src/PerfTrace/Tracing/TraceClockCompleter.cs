using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Completes the names of trace clocks.</summary>
public sealed class TraceClockCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            return CompletionText.Match(wordToComplete, TraceBuffers.Clocks(TracingDirectory.Open(SystemPaths.Default)));
        }
        catch (KernelException)
        {
            return []; // whoever sets one gets the error
        }
    }
}
