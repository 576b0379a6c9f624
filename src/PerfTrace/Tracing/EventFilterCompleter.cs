using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.Events;

namespace PerfTrace.Commands;

/// <summary>Completes in a filter of the kernel (Documentation/trace/events.rst) the fields of the events that are named before, and behind a field its operators.</summary>
public sealed class EventFilterCompleter : IArgumentCompleter
{
    // The kernel's own for every event, which have no place in its list of fields (trace_events.c, event_create_dir: "common").
    private static readonly string[] Common = ["common_pid", "CPU", "COMM"];

    private static readonly string[] OfNumbers = ["==", "!=", "<", "<=", ">", ">=", "&"], OfTexts = ["==", "!=", "~"];

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string text = wordToComplete.Trim('\'', '"');
        // The last word, which is being typed, and what stands before it.
        int end = text.Length;
        while (end > 0 && (char.IsAsciiLetterOrDigit(text[end - 1]) || text[end - 1] == '_'))
            end--;
        string before = text[..end].TrimEnd();
        IReadOnlyList<EventField> fields = EventFields.Of(fakeBoundParameters, EventParameter(fakeBoundParameters, parameterName));
        if (before.Length == 0 || before[^1] is '(' or '!' || before.EndsWith("&&", StringComparison.Ordinal) || before.EndsWith("||", StringComparison.Ordinal))
        {
            return fields.Where(static f => f.Type.IsPrimitive || f.Type == typeof(string)).Select(static f => (f.Name, Tip: $"{f.TypeName} {f.Name}"))
                .Concat(Common.Select(static c => (Name: c, Tip: c))).Where(f => f.Name.StartsWith(text[end..], StringComparison.OrdinalIgnoreCase))
                .Select(f => Result(wordToComplete, text[..end] + f.Name, f.Name, f.Tip));
        }
        // "field " and nothing more: an operator.
        int begin = before.Length;
        while (begin > 0 && (char.IsAsciiLetterOrDigit(before[begin - 1]) || before[begin - 1] == '_'))
            begin--;
        string name = before[begin..];
        EventField? field = fields.FirstOrDefault(f => f.Name == name);
        if (end != text.Length || before.Length == text.Length || (field is null && !Common.Contains(name)))
            return [];
        return (field?.Type == typeof(string) || name == "COMM" ? OfTexts : OfNumbers).Select(o => Result(wordToComplete, $"{before} {o} ", o, o));
    }

    private static string EventParameter(IDictionary bound, string parameter) => parameter switch
    {
        "StartFilter" => "Start",
        "EndFilter" => "End",
        _ => bound.Contains("Event") ? "Event" : "Name",
    };

    private static CompletionResult Result(string word, string filter, string shown, string tip) =>
        new(word.Length > 0 && word[0] == '"' ? $"\"{filter}\"" : $"'{filter}'", shown, CompletionResultType.ParameterValue, tip);
}
