#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
using System.Collections;
using System.Management.Automation.Language;

namespace System.Management.Automation;

/// <summary>Proposes values of a parameter for what has been typed so far.</summary>
public interface IArgumentCompleter
{
    IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters);
}
