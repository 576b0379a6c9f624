using System.Globalization;

namespace PerfTrace.Tracing;

/// <summary>A histogram's trigger as the kernel tells it, in <c>trigger</c> and <c>hist</c> (event_hist_trigger_print() of trace_events_hist.c).</summary>
internal sealed record HistogramTriggerInfo(
    string Text, string? Name, IReadOnlyList<string> Keys, IReadOnlyList<string> Values, IReadOnlyList<string> Variables, IReadOnlyList<string> Sort,
    int Size, string? Clock, IReadOnlyList<string> Actions, string? Filter, bool IsPaused)
{
    private const string Start = "hist:", Active = " [active]", Paused = " [paused]", If = " if ";

    /// <summary>Parses a line; null when it is another trigger.</summary>
    public static HistogramTriggerInfo? Parse(string line)
    {
        bool isPaused = line.EndsWith(Paused, StringComparison.Ordinal);
        if (!line.StartsWith(Start, StringComparison.Ordinal) || (!isPaused && !line.EndsWith(Active, StringComparison.Ordinal)))
            return null;
        string text = line[..^Active.Length];
        int filterAt = text.IndexOf(If, StringComparison.Ordinal);
        string definition = filterAt < 0 ? text : text[..filterAt];

        string? name = null, clock = null;
        string[] keys = [], values = [], sort = [];
        int size = 0;
        var variables = new List<string>();
        var actions = new List<string>();
        foreach (string part in definition[Start.Length..].Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Rest(part, "name=") is { } nameText)
                name = nameText;
            else if (Rest(part, "keys=") is { } keysText)
                keys = keysText.Split(',');
            else if (Rest(part, "vals=") is { } valuesText)
                values = valuesText.Split(',', StringSplitOptions.RemoveEmptyEntries);
            else if (Rest(part, "sort=") is { } sortText)
                sort = sortText.Split(',', StringSplitOptions.RemoveEmptyEntries);
            else if (Rest(part, "size=") is { } sizeText)
                _ = int.TryParse(sizeText, NumberStyles.None, CultureInfo.InvariantCulture, out size);
            else if (Rest(part, "clock=") is { } clockText)
                clock = clockText;
            else if (part.StartsWith("on", StringComparison.Ordinal) && part.Contains('('))
                actions.Add(part);
            else if (part.Contains('='))
                variables.AddRange(part.Split(','));
        }
        return new HistogramTriggerInfo(
            text, name, keys, values, variables, sort, size, clock, actions, filterAt < 0 ? null : text[(filterAt + If.Length)..], isPaused);
    }

    /// <summary>
    /// What the kernel takes for the same trigger again. It shows sort fields with the modifiers of their keys (<c>sort=lat.log2</c>), and does not take
    /// them so.
    /// </summary>
    public string Command
    {
        get
        {
            string sort = string.Join(',', Sort.Select(static by =>
                by.Split('.')[0] + (by.EndsWith(".descending", StringComparison.Ordinal) ? ".descending" : "")));
            return Text.Replace($":sort={string.Join(',', Sort)}", $":sort={sort}", StringComparison.Ordinal);
        }
    }

    /// <summary>What the kernel takes for a trigger that it shows so, without its state.</summary>
    public static string CommandOf(string text) => Parse(text + Active)?.Command ?? text;

    /// <summary>The fields that its save() action keeps.</summary>
    public IReadOnlyList<string> Saved
    {
        get
        {
            foreach (string action in Actions)
            {
                int save = action.IndexOf(").save(", StringComparison.Ordinal);
                if (save >= 0)
                    return action[(save + ").save(".Length)..].TrimEnd(')').Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            }
            return [];
        }
    }

    private static string? Rest(string text, string start) => text.StartsWith(start, StringComparison.Ordinal) ? text[start.Length..] : null;
}
