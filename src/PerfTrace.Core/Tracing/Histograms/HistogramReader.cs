using System.Globalization;
using PerfTrace.Events;

namespace PerfTrace.Tracing;

/// <summary>Reads <c>hist</c> files (hist_trigger_show() of trace_events_hist.c): for each histogram of the event its trigger, its buckets and its totals.</summary>
internal static class HistogramReader
{
    private const string Head = "# event histogram", TriggerInfo = "# trigger info: ", SnapshotHead = "Snapshot taken", TotalsHead = "Totals:";

    /// <summary>Parses a file.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="fieldOf">The event's field of a name.</param>
    /// <param name="withEntries">False: the totals alone.</param>
    /// <exception cref="TraceHistogramFormatException">It is not in the form that the kernel writes.</exception>
    public static IReadOnlyList<HistogramText> Parse(string text, Func<string, EventField?> fieldOf, bool withEntries = true)
    {
        string[] lines = text.Split('\n');
        var histograms = new List<HistogramText>();
        for (int i = 0; i < lines.Length;)
        {
            if (lines[i] != Head)
                i++;
            else
                histograms.Add(ParseOne(lines, ref i, fieldOf, withEntries));
        }
        return histograms;
    }

    private static HistogramText ParseOne(string[] lines, ref int at, Func<string, EventField?> fieldOf, bool withEntries)
    {
        int start = at;
        while (at < lines.Length && !lines[at].StartsWith(TriggerInfo, StringComparison.Ordinal))
            at++;
        HistogramTriggerInfo info = (at < lines.Length ? HistogramTriggerInfo.Parse(lines[at][TriggerInfo.Length..]) : null)
            ?? throw new TraceHistogramFormatException(start + 1, "the trigger is missing.");
        at++;
        var entries = new List<HistogramEntryText>();
        string? snapshot = null;
        HistogramEntryPattern? pattern = withEntries ? new HistogramEntryPattern(info, fieldOf) : null;
        while (at < lines.Length && lines[at] != TotalsHead)
        {
            if (lines[at].StartsWith("{ ", StringComparison.Ordinal) && pattern is not null)
                entries.Add(ParseEntry(lines, ref at, pattern));
            else if (lines[at].StartsWith(SnapshotHead, StringComparison.Ordinal))
                snapshot = ParseSnapshot(lines, ref at);
            else
                at++;
        }
        at++;
        return new HistogramText(info, entries, Total(lines, ref at, "Hits:"), (int)Total(lines, ref at, "Entries:"), Total(lines, ref at, "Dropped:"), snapshot);
    }

    // A bucket may be of several lines: a stack, onmax(), or a name with a line break in it.
    private static HistogramEntryText ParseEntry(string[] lines, ref int at, HistogramEntryPattern pattern)
    {
        int start = at;
        string text = lines[at++];
        while (at < lines.Length && lines[at].StartsWith('\t'))
            text += "\n" + lines[at++];
        HistogramEntryText? entry = pattern.Match(text);
        while (entry is null && at < lines.Length && lines[at] != TotalsHead)
        {
            do
                text += "\n" + lines[at++];
            while (at < lines.Length && (lines[at].StartsWith('\t') || lines[at].StartsWith("  ", StringComparison.Ordinal)));
            entry = pattern.Match(text);
        }
        return entry ?? throw new TraceHistogramFormatException(start + 1, $"'{lines[start]}' is no bucket of its histogram.");
    }

    private static string ParseSnapshot(string[] lines, ref int at)
    {
        var parts = new List<string>();
        for (at++; at < lines.Length && lines[at].Length > 0; at++)
            parts.Add(string.Join(' ', lines[at].Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)));
        return string.Join(' ', parts);
    }

    private static long Total(string[] lines, ref int at, string name)
    {
        string line = at < lines.Length ? lines[at].Trim() : "";
        if (!line.StartsWith(name, StringComparison.Ordinal)
            || !long.TryParse(line.AsSpan(name.Length).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long total))
        {
            throw new TraceHistogramFormatException(at + 1, $"'{name}' was expected instead of '{line}'.");
        }
        at++;
        return total;
    }
}
