using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.Kernel;

namespace PerfTrace.Commands;

/// <summary>Completes paths of control groups below the hierarchy that perf uses.</summary>
public sealed class CGroupCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        CompletionText.Match(wordToComplete, ControlGroup.ListNames(SystemPaths.Default));
}
