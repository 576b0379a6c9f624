using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Completes the names of kprobes or uprobes, as the command is for the one or the other.</summary>
public sealed class ProbeNameCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        CompletionText.Match(wordToComplete, Names(commandName.EndsWith("KProbe", StringComparison.OrdinalIgnoreCase)));

    private static IEnumerable<string> Names(bool inKernel)
    {
        try
        {
            TracingDirectory directory = TracingDirectory.Open(SystemPaths.Default);
            return inKernel ? KProbes.List(directory).Select(static p => p.Event) : UProbes.List(directory).Select(static p => p.Event);
        }
        catch (KernelException)
        {
            return []; // names for completion: the cmdlet gets the error
        }
    }
}
