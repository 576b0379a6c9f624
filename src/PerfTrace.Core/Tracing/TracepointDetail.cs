using System.Globalization;
using System.Text;
using PerfTrace.Events;

namespace PerfTrace.Tracing;

/// <summary>A tracepoint with all that its files tell, read once.</summary>
public sealed class TracepointDetail
{
    /// <exception cref="PerfTrace.Interop.KernelException">The tracepoint is gone.</exception>
    public TracepointDetail(Tracepoint tracepoint)
    {
        System = tracepoint.System;
        Name = tracepoint.Name;
        Instance = tracepoint.Instance;
        Id = tracepoint.Id;
        Enabled = tracepoint.Enabled;
        Filter = tracepoint.Filter;
        Triggers = tracepoint.Triggers;
        Fields = tracepoint.Fields;
        CommonFields = tracepoint.CommonFields;
        PrintFormat = tracepoint.PrintFormat;
    }

    public string System { get; }

    public string Name { get; }

    public string Event => $"{System}:{Name}";

    /// <summary>The trace instance that Enabled, Filter and Triggers are of; null for the top-level buffer.</summary>
    public string? Instance { get; }

    public int? Id { get; }

    public bool Enabled { get; }

    public string? Filter { get; }

    public IReadOnlyList<string> Triggers { get; }

    public IReadOnlyList<EventField> Fields { get; }

    public IReadOnlyList<EventField> CommonFields { get; }

    /// <summary>What the kernel prints: a C format string and its arguments.</summary>
    public string PrintFormat { get; }

    /// <summary>The fields, a line each: offset, size, name, type in C and .NET.</summary>
    public string FieldText => Text(Fields);

    /// <summary>The common fields in the same form.</summary>
    public string CommonFieldText => Text(CommonFields);

    /// <summary>The triggers, a line each.</summary>
    public string TriggerText => string.Join('\n', Triggers);

    public override string ToString() => Event;

    private static string Text(IReadOnlyList<EventField> fields)
    {
        var text = new StringBuilder();
        int width = fields.Count == 0 ? 0 : fields.Max(static f => f.Name.Length);
        foreach (EventField field in fields)
            text.Append(CultureInfo.InvariantCulture, $"{(text.Length == 0 ? "" : "\n")}{field.Offset,4} {field.Size,4}  {field.Name.PadRight(width)}  {field.TypeName} ({field.Type.Name})");
        return text.ToString();
    }
}
