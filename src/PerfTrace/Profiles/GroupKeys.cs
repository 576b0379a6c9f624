using System.Management.Automation;
using PerfTrace.Profiles;

namespace PerfTrace.Commands;

/// <summary>What -GroupBy takes: names of keys, names of fields, and script blocks.</summary>
internal static class GroupKeys
{
    public static readonly object[] Default = [nameof(ReportKeyKind.Command), nameof(ReportKeyKind.Module), nameof(ReportKeyKind.Symbol)];

    public static ReportKey[] Parse(IEnumerable<object> keys) => [.. keys.Select(Parse)];

    /// <summary>A row whose fields, and what script blocks say, are properties too, so that Sort-Object and Export-Csv find them.</summary>
    public static PSObject WithValues(PerfReportEntry row)
    {
        PSObject wrapped = PSObject.AsPSObject(row);
        foreach ((string name, object? value) in row.Values ?? new Dictionary<string, object?>())
        {
            if (wrapped.Properties[name] is null)
                wrapped.Properties.Add(new PSNoteProperty(name, value));
        }
        return wrapped;
    }

    /// <summary>Tells of keys that are neither known nor a field of any sample.</summary>
    /// <returns>How many these are.</returns>
    public static int WriteUnknown(Cmdlet cmdlet, IEnumerable<string> names)
    {
        int count = 0;
        foreach (string name in names)
        {
            count++;
            cmdlet.WriteError(new ErrorRecord(
                new ArgumentException($"'{name}' is no key ({string.Join(", ", GroupKeyCompleter.Names)}) and no field of the samples' tracepoints."),
                "GroupKeyNotFound", ErrorCategory.ObjectNotFound, name));
        }
        return count;
    }

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
