using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.Profiles;

namespace PerfTrace.Commands;

/// <summary>Completes what reports group by.</summary>
public sealed class GroupKeyCompleter : IArgumentCompleter
{
    internal static readonly string[] Names = [.. Enum.GetValues<ReportKeyKind>().Where(static k => k != ReportKeyKind.Value).Select(static k => k.ToString())];

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        CompletionText.Match(wordToComplete, Names);
}
