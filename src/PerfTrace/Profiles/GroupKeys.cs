using System.Management.Automation;
using PerfTrace.Profiles;

namespace PerfTrace.Commands;

/// <summary>What -GroupBy takes: names of keys, names of fields, and script blocks.</summary>
internal static class GroupKeys
{
    public static readonly object[] Default = [nameof(ReportKeyKind.Command), nameof(ReportKeyKind.Module), nameof(ReportKeyKind.Symbol)];

    public static ReportKey[] Parse(IEnumerable<object> keys) => [.. keys.Select(Parse)];

    private static ReportKey Parse(object key)
    {
        object value = key is PSObject wrapped ? wrapped.BaseObject : key;
        return value is ScriptBlock script
            ? ReportKey.Computed(script.ToString()!.Trim(), sample => Evaluate(script, sample))
            : ReportKey.Parse(LanguagePrimitives.ConvertTo<string>(value).Trim());
    }

    // As Group-Object does: the object is $_; several values are one text.
    private static object? Evaluate(ScriptBlock script, object sample)
    {
        var values = script.InvokeWithContext(null, [new PSVariable("_", sample)]);
        return values.Count switch
        {
            0 => null,
            1 => values[0]?.BaseObject,
            _ => string.Join(' ', values),
        };
    }
}
