using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.Bpf;
using PerfTrace.Interop;

namespace PerfTrace.Commands;

/// <summary>Completes the keys of the map that is named before: numbers, texts, and structs as tables of their members.</summary>
public sealed class BpfMapKeyCompleter : IArgumentCompleter
{
    // A map may have millions.
    private const int Most = 200;

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string word = wordToComplete.Trim('\'', '"');
        foreach (object key in Keys(fakeBoundParameters["Map"] ?? fakeBoundParameters["InputObject"]))
        {
            string text = Text(key);
            if (text.Trim('\'').StartsWith(word, StringComparison.OrdinalIgnoreCase))
                yield return new CompletionResult(text, text, CompletionResultType.ParameterValue, text);
        }
    }

    private static List<object> Keys(object? map)
    {
        try
        {
            IReadOnlyList<BpfMap> maps = map switch
            {
                PSObject { BaseObject: BpfMap one } => [one],
                BpfMap one => [one],
                IList { Count: > 0 } many => BpfFinder.Maps($"{many[0]}"),
                null => [],
                _ => BpfFinder.Maps($"{map}"),
            };
            if (maps.Count == 0)
                return [];
            using BpfMapContents contents = BpfMapContents.Open(maps[0]);
            return [.. contents.Read().Select(static e => e.Key).OfType<object>().Take(Most)];
        }
        catch (Exception e) when (e is KernelException or BpfObjectNotFoundException or BpfObjectGoneException)
        {
            return []; // whoever reads the map gets the error
        }
    }

    // As PowerShell would read it.
    private static string Text(object key) => key switch
    {
        string text => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'",
        bool flag => flag ? "$true" : "$false",
        Array items => string.Join(',', items.Cast<object>().Select(Text)),
        IFormattable number and ValueType => number.ToString(null, CultureInfo.InvariantCulture),
        _ => $"@{{ {string.Join("; ", PSObject.AsPSObject(key).Properties.Where(static p => p.Value is not null).Select(static p => $"{p.Name} = {Text(p.Value)}"))} }}",
    };
}
