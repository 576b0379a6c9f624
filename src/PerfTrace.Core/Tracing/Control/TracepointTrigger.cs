using System.Globalization;

namespace PerfTrace.Tracing;

/// <summary>A trigger (Documentation/trace/events.rst, "Event triggers"): what happens when an event is hit.</summary>
/// <param name="Action">What it does.</param>
/// <param name="Target">The other event of EnableEvent and DisableEvent, as system:name; of others, all text between the action and the filter.</param>
/// <param name="Count">How often it does it; null for always.</param>
/// <param name="Filter">A filter on the fields of the event; null without.</param>
public sealed record TracepointTrigger(TracepointTriggerAction Action, string? Target, long? Count, string? Filter)
{
    private static readonly (TracepointTriggerAction Action, string Word)[] Words =
    [
        (TracepointTriggerAction.TraceOn, "traceon"), (TracepointTriggerAction.TraceOff, "traceoff"), (TracepointTriggerAction.StackTrace, "stacktrace"),
        (TracepointTriggerAction.Snapshot, "snapshot"), (TracepointTriggerAction.EnableEvent, "enable_event"), (TracepointTriggerAction.DisableEvent, "disable_event"),
    ];

    /// <summary>The line that sets it.</summary>
    public string Command => IsHistogram ? HistogramTriggerInfo.CommandOf(Text) : Text;

    private bool IsHistogram => Action == TracepointTriggerAction.Other && Head.StartsWith("hist:", StringComparison.Ordinal);

    private string Text => $"{Head}{(Count is { } count ? string.Create(CultureInfo.InvariantCulture, $":{count}") : "")}{(Filter is null ? "" : $" if {Filter}")}";

    /// <summary>The line that removes it. The kernel looks at the kind alone, but for histograms at everything, the filter included.</summary>
    internal string RemoveCommand => $"!{(Action == TracepointTriggerAction.Other ? Command : Head)}";

    /// <summary>An event has at most one trigger of a kind.</summary>
    internal string Kind => Action switch
    {
        TracepointTriggerAction.TraceOn or TracepointTriggerAction.TraceOff => "trace",
        TracepointTriggerAction.EnableEvent or TracepointTriggerAction.DisableEvent => $"event {Target}",
        TracepointTriggerAction.Other => Command,
        _ => Head,
    };

    private string Head => Action == TracepointTriggerAction.Other ? Target! : Target is null ? WordOf(Action) : $"{WordOf(Action)}:{Target}";

    /// <summary>Takes a line of a trigger file apart: <c>traceoff:count=3 if pid == 1</c>, <c>enable_event:sched:sched_switch:unlimited</c>.</summary>
    public static TracepointTrigger Parse(string text)
    {
        (string head, string? filter) = text.IndexOf(" if ", StringComparison.Ordinal) is var at and >= 0 ? (text[..at], text[(at + 4)..]) : (text, null);
        string[] parts = head.Split(':');
        TracepointTriggerAction action = Words.FirstOrDefault(w => w.Word == parts[0], (Action: TracepointTriggerAction.Other, Word: "")).Action;
        if (action == TracepointTriggerAction.Other)
        {
            // Histograms show whether they run: "… [active]", behind the filter if there is one.
            string plain = WithoutState(text);
            return plain.IndexOf(" if ", StringComparison.Ordinal) is var condition and >= 0
                ? new TracepointTrigger(action, plain[..condition], null, plain[(condition + 4)..])
                : new TracepointTrigger(action, plain, null, null);
        }
        string? target = action is TracepointTriggerAction.EnableEvent or TracepointTriggerAction.DisableEvent && parts.Length >= 3 ? $"{parts[1]}:{parts[2]}" : null;
        string last = parts[^1].StartsWith("count=", StringComparison.Ordinal) ? parts[^1][6..] : "";
        return new TracepointTrigger(action, target, long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out long count) ? count : null, filter);
    }

    private static string WithoutState(string text) =>
        text.EndsWith(']') && text.LastIndexOf(" [", StringComparison.Ordinal) is var at and > 0 ? text[..at] : text;

    /// <summary>The kernel's word for an action.</summary>
    internal static string WordOf(TracepointTriggerAction action) => Words.First(w => w.Action == action).Word;
}
