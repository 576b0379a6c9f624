using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.Access;

namespace PerfTrace.Commands;

/// <summary>Completes the names of what Test-PerfTraceAccess tries.</summary>
public sealed class AccessFeatureCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        CompletionText.Match(wordToComplete, AccessFeatures.Names);
}
