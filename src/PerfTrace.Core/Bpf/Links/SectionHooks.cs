using PerfTrace.Tracing;

namespace PerfTrace.Bpf;

/// <summary>The places that the sections of object files name, as libbpf writes them: <c>tracepoint/sched/sched_switch</c>, <c>raw_tp/sched_switch</c>, <c>uprobe//bin/bash:readline</c>.</summary>
internal static class SectionHooks
{
    /// <summary>The place; null: the section names none, or one that takes more than a name.</summary>
    public static BpfHook? Find(string section)
    {
        // A question mark keeps libbpf from loading the program unasked.
        section = section.TrimStart('?');
        int slash = section.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
            return null;
        string place = section[(slash + 1)..];
        return section[..slash] switch
        {
            "tracepoint" or "tp" => TracepointHook.Find(place.Replace('/', ':')),
            "raw_tp" or "raw_tracepoint" or "raw_tp.w" or "raw_tracepoint.w" => new RawTracepointHook(place),
            "kprobe" => KProbeHook.Parse(place, isReturn: false),
            "kretprobe" => KProbeHook.Parse(place, isReturn: true),
            "uprobe" or "uprobe.s" => InProgram(place, isReturn: false),
            "uretprobe" or "uretprobe.s" => InProgram(place, isReturn: true),
            _ => null,
        };
    }

    private static UProbeHook InProgram(string location, bool isReturn)
    {
        (string file, string place) = UProbeResolver.Split(location);
        return UProbeHook.Find(file, place, isReturn);
    }
}
