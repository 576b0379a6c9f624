using System.Globalization;

namespace PerfTrace.Tracing;

/// <summary>
/// How often probes were hit: kprobe_profile and uprobe_profile. Their lines have the event's name but not its group; they are in the order of
/// kprobe_events and uprobe_events, and that tells which is which.
/// </summary>
internal static class ProbeProfile
{
    /// <summary>Hits and, for kprobes, misses of the probe whose definition this is; null when it is gone.</summary>
    public static (long Hits, long Misses)? Of(DynamicEvents events, string profileFile, ProbeLine probe)
    {
        // Between the two files a probe may come or go; then the names do not match and both are read again.
        for (int attempt = 0; attempt < 5; attempt++)
        {
            IReadOnlyList<ProbeLine> lines = events.List();
            string[] profile = [.. events.Top.ReadText(profileFile).Split('\n').Where(static l => l.Length > 0)];
            if (Match(lines, profile) is not { } counts)
                continue;
            for (int i = 0; i < lines.Count; i++)
            {
                if (lines[i].Text == probe.Text)
                    return counts[i];
            }
            return null;
        }
        return null;
    }

    /// <summary>The counts of each line; null when the two do not belong together.</summary>
    internal static (long Hits, long Misses)[]? Match(IReadOnlyList<ProbeLine> lines, IReadOnlyList<string> profile)
    {
        if (lines.Count != profile.Count)
            return null;
        var counts = new (long Hits, long Misses)[lines.Count];
        for (int i = 0; i < counts.Length; i++)
        {
            // kprobe_profile: name hits misses; uprobe_profile: file name hits.
            string[] words = profile[i].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            int name = Array.LastIndexOf(words, lines[i].Name);
            if (name < 0 || name + 1 >= words.Length || !Number(words[name + 1], out counts[i].Hits))
                return null;
            if (name + 2 < words.Length && !Number(words[name + 2], out counts[i].Misses))
                return null;
        }
        return counts;
    }

    private static bool Number(string text, out long value) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
