using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.BpfTrace;

namespace PerfTrace.Commands;

/// <summary>Completes the numbers of the scripts that this session runs in the background.</summary>
public sealed class BpfTraceIdCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        BpfTraceRuns.List().Select(static r => (Id: r.Id.ToString(CultureInfo.InvariantCulture), Run: r))
            .Where(r => r.Id.StartsWith(wordToComplete, StringComparison.Ordinal))
            .Select(static r => new CompletionResult(r.Id, r.Id, CompletionResultType.ParameterValue, $"{r.Run.Title} ({r.Run.State})"));
}
