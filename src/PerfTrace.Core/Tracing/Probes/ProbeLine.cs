using System.Globalization;

namespace PerfTrace.Tracing;

/// <summary>A line of kprobe_events or uprobe_events: a probe as the kernel has it.</summary>
/// <param name="Text">The whole line, which would make the probe again.</param>
/// <param name="Group">The event's system.</param>
/// <param name="Name">The event's name.</param>
/// <param name="IsReturn">It fires when the function returns.</param>
/// <param name="MaximumActive">What stands behind the r; null without.</param>
/// <param name="Place">The second word.</param>
/// <param name="Arguments">What is fetched.</param>
internal sealed record ProbeLine(
    string Text, string Group, string Name, bool IsReturn, int? MaximumActive, string Place, IReadOnlyList<ProbeArgument> Arguments)
{
    /// <summary>Parses a line; null when it is no kprobe or uprobe (fprobes, event probes and synthetic events have other letters).</summary>
    public static ProbeLine? Parse(string line)
    {
        // r16:group/name symbol+4 filename=+0($arg2):ustring
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 2 || words[0][0] is not ('p' or 'r'))
            return null;
        string head = words[0];
        int colon = head.IndexOf(':', StringComparison.Ordinal), slash = head.IndexOf('/', StringComparison.Ordinal);
        if (colon < 1 || slash < colon)
            return null;
        int? maximum = null;
        if (colon > 1)
        {
            if (!int.TryParse(head.AsSpan(1, colon - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
                return null;
            maximum = number;
        }
        return new ProbeLine(line, head[(colon + 1)..slash], head[(slash + 1)..], head[0] == 'r', maximum, words[1],
            (ProbeArgument[])[.. words.Skip(2).Select(ProbeArgument.Parse)]);
    }
}
