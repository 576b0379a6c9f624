using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Completes the names of trace instances.</summary>
public sealed class TraceInstanceCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        CompletionText.Match(wordToComplete, TracingDirectory.InstanceNames(SystemPaths.Default).Select(TraceOwner.Current.ShortNameOf));
}
