using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.Events;

namespace PerfTrace.Commands;

/// <summary>
/// Completes -Where with conditions on the fields of the events that are named before. PowerShell asks for what stands in the place of the block; what is typed in the block it completes itself, without
/// knowing what $_ is there.
/// </summary>
public sealed class EventConditionCompleter : IArgumentCompleter
{
    private static readonly string[] Texts = [nameof(TraceEvent.CommandName)], Numbers = [nameof(TraceEvent.ProcessId), nameof(TraceEvent.ThreadId), nameof(TraceEvent.Cpu)];

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        if (wordToComplete.StartsWith('{'))
            return [];
        IEnumerable<(string Name, bool IsText, string Type)> properties = EventFields.Of(fakeBoundParameters, "Event").Where(static f => !f.IsCommon && (f.Type.IsPrimitive || f.Type == typeof(string)))
            .Select(static f => (f.Name, f.Type == typeof(string), f.TypeName)).Concat(Texts.Select(static n => (n, true, "string"))).Concat(Numbers.Select(static n => (n, false, "int")));
        if (fakeBoundParameters.Contains("Latency"))
            properties = properties.Append(("Latency", false, "nanoseconds"));
        return properties.Where(p => p.Name.StartsWith(wordToComplete, StringComparison.OrdinalIgnoreCase)).Select(static p =>
        {
            string block = $"{{ $_.{p.Name} -eq {(p.IsText ? "''" : "0")} }}";
            return new CompletionResult(block, p.Name, CompletionResultType.ParameterValue, $"{p.Type} {p.Name}");
        });
    }
}
