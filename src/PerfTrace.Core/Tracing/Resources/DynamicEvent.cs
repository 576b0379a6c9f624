using System.Text.RegularExpressions;
using PerfTrace.Interop;

namespace PerfTrace.Tracing;

/// <summary>A line of <c>dynamic_events</c>, Linux 5.0 (Documentation/trace/kprobetrace.rst and its neighbours).</summary>
/// <param name="Kind">Which sort of probe.</param>
/// <param name="System">Its group, <c>synthetic</c> for synthetic events.</param>
/// <param name="Name">Its name.</param>
/// <param name="Definition">The whole line.</param>
internal sealed partial record DynamicEvent(PerfTraceResourceKind Kind, string System, string Name, string Definition)
{
    private const string FileName = "dynamic_events";

    /// <summary>All there are; none where the kernel has no dynamic events.</summary>
    public static IReadOnlyList<DynamicEvent> List(TracingDirectory top)
    {
        try
        {
            return [.. top.ReadText(FileName).Split('\n').Select(Parse).OfType<DynamicEvent>()];
        }
        catch (KernelException e) when (e.Errno == Errno.ENOENT)
        {
            return [];
        }
    }

    /// <summary>Takes a line apart; null if it is of no known form.</summary>
    public static DynamicEvent? Parse(string line)
    {
        Match match = Line().Match(line);
        if (!match.Success)
            return null;
        string place = match.Groups["place"].Value;
        PerfTraceResourceKind kind = match.Groups["kind"].Value[0] switch
        {
            's' => PerfTraceResourceKind.SyntheticEvent,
            'e' => PerfTraceResourceKind.EventProbe,
            'f' or 't' => PerfTraceResourceKind.FProbe,
            // kprobes and uprobes begin alike; a place in a file has a path.
            _ => place.StartsWith('/') ? PerfTraceResourceKind.UProbe : PerfTraceResourceKind.KProbe,
        };
        return new DynamicEvent(kind, match.Groups["system"].Value, match.Groups["name"].Value, line);
    }

    /// <summary>Removes it, after what uses it has been taken off it.</summary>
    /// <exception cref="KernelException">It is still in use (EBUSY).</exception>
    public static void Remove(TracingDirectory top, string system, string name) => TraceCommand.Append(top, FileName, $"-:{system}/{name}");

    // p:perftrace_1_2_g/open do_sys_openat2 …, r16:…, s:synthetic/wakeup u64 lat;
    [GeneratedRegex(@"^(?<kind>[prstef])\d*:(?<system>[^/\s]+)/(?<name>\S+)(?:\s+(?<place>\S+))?")]
    private static partial Regex Line();
}
