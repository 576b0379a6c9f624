using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.Kernel;

namespace PerfTrace.Commands;

/// <summary>Completes the ids of processes, by their beginning or by the name of what runs in them.</summary>
public sealed class ProcessIdCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string word = wordToComplete.Trim('\'', '"');
        var pattern = WildcardPattern.Get(word + "*", WildcardOptions.IgnoreCase);
        return ProcessFacts.All(SystemPaths.Default)
            .Select(static id => (Id: id.ToString(CultureInfo.InvariantCulture), Name: ProcessFacts.CommandNameOf(SystemPaths.Default, id)))
            .Where(p => p.Name is { } name && (p.Id.StartsWith(word, StringComparison.Ordinal) || pattern.IsMatch(name)))
            .OrderBy(static p => p.Name, StringComparer.OrdinalIgnoreCase)
            .Select(static p => new CompletionResult(p.Id, $"{p.Id} {p.Name}", CompletionResultType.ParameterValue, $"{p.Name} ({p.Id})"));
    }
}
