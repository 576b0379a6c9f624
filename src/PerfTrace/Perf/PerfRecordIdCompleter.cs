using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.Perf;

namespace PerfTrace.Commands;

/// <summary>Completes the numbers of this session's recordings.</summary>
public sealed class PerfRecordIdCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        PerfRecordings.List().Select(static r => (Id: r.Id.ToString(CultureInfo.InvariantCulture), Recording: r))
            .Where(r => r.Id.StartsWith(wordToComplete, StringComparison.Ordinal))
            .Select(static r => new CompletionResult(r.Id, r.Id, CompletionResultType.ParameterValue, $"{r.Recording.Path} ({r.Recording.State})"));
}
