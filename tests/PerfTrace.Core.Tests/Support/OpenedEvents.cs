using System.Globalization;
using System.Text.RegularExpressions;
using PerfTrace.Perf;

namespace PerfTrace.Tests.Support;

/// <summary>The events that a measurement opens, in order: attributes of the first attempt, and the index of the group's leader.</summary>
/// <param name="Fields">Non-zero fields of perf_event_attr.</param>
/// <param name="Leader">The index of the leader; null for one that has none.</param>
internal sealed record OpenedEvent(SortedDictionary<string, string> Fields, int? Leader)
{
    public override string ToString() =>
        $"[{(Leader is { } leader ? $"in the group of event {leader}" : "no leader")}] {string.Join(' ', Fields.Select(static f => $"{f.Key}={f.Value}"))}";
}

internal static partial class OpenedEvents
{
    /// <summary>What we open for a command at one slot, as long as the kernel takes everything.</summary>
    public static List<OpenedEvent> Ours(EventCatalogue catalogue, string text)
    {
        var opened = new List<OpenedEvent>();
        foreach (PerfEventGroup group in catalogue.Resolve(text))
        {
            int? leader = null;
            foreach (PerfEvent e in group.Events)
            {
                var counted = new CountedEvent(e, null);
                counted.ReadAttributes();
                // An uncore event is opened for a CPU and not for the command: no exec enables it.
                CounterSet.Prepare(ref counted.Attributes, isLeader: leader is null, isGroup: group.Events.Count > 1, inherit: true,
                    enableOnExec: e.UncoreCpus is null);
                opened.Add(new OpenedEvent(AttributeFields.Of(counted.Attributes), leader));
                leader ??= opened.Count - 1;
            }
        }
        return opened;
    }

    /// <summary>What <c>perf stat -vv</c> says that it opened.</summary>
    /// <param name="output">Its output.</param>
    /// <param name="isCutShort">perf gave up at the last event: a leader that the kernel refused.</param>
    public static List<OpenedEvent> Perfs(string output, out bool isCutShort)
    {
        var opened = new List<OpenedEvent>();
        var eventOfDescriptor = new Dictionary<int, int>();
        SortedDictionary<string, string>? fields = null;
        bool isFailed = false, isGivenUp = false;
        foreach (string line in output.Split('\n'))
        {
            if (line.StartsWith("perf_event_attr:", StringComparison.Ordinal))
            {
                fields = new SortedDictionary<string, string>(StringComparer.Ordinal);
            }
            else if (line.StartsWith("sys_perf_event_open: ", StringComparison.Ordinal))
            {
                Match call = OpenCall().Match(line);
                Assert.True(call.Success, $"This line of perf is not understood: {line}");
                int group = int.Parse(call.Groups["group"].Value, CultureInfo.InvariantCulture);
                // Without attributes of its own it is the last event on a further CPU. After a failure that perf does not warn about
                // it tries the same event once more, with less.
                bool isRetry = isFailed && !isGivenUp;
                if (fields is not null && !isRetry)
                    opened.Add(new OpenedEvent(fields, group < 0 ? null : eventOfDescriptor[group]));
                isFailed = !call.Groups["fd"].Success;
                isGivenUp = false;
                if (!isFailed)
                    eventOfDescriptor[int.Parse(call.Groups["fd"].Value, CultureInfo.InvariantCulture)] = opened.Count - 1;
                fields = null;
            }
            else if (line.StartsWith("Warning:", StringComparison.Ordinal))
            {
                isGivenUp = true;
            }
            else if (fields is not null && line.StartsWith("  ", StringComparison.Ordinal) && AttributeFields.Parse(line) is { } field)
            {
                fields.Add(field.Name, field.Value);
            }
        }
        isCutShort = isFailed;
        return opened;
    }

    [GeneratedRegex(@"group_fd (?<group>-?\d+) +flags (0x)?[0-9a-f]+( = (?<fd>\d+))?$")]
    private static partial Regex OpenCall();
}
