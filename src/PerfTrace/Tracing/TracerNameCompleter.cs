using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Completes the names of tracers.</summary>
public sealed class TracerNameCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            return CompletionText.Match(wordToComplete, Tracer.List(TracingDirectory.Open(SystemPaths.Default)).Select(static t => t.Name));
        }
        catch (KernelException)
        {
            return []; // whoever asks for one gets the error
        }
    }
}
