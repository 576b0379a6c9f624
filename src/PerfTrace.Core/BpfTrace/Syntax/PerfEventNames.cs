namespace PerfTrace.BpfTrace;

/// <summary>The events of <c>software</c> and <c>hardware</c> probes: perf_event_open(2)'s generic ones, by the names that the manual of bpftrace gives them.</summary>
internal static class PerfEventNames
{
    private static readonly Dictionary<string, string> Software = Table("cpu-clock cpu", "task-clock", "page-faults faults", "context-switches cs",
        "cpu-migrations", "minor-faults", "major-faults", "alignment-faults", "emulation-faults", "dummy", "bpf-output");

    private static readonly Dictionary<string, string> Hardware = Table("cpu-cycles cycles", "instructions", "cache-references", "cache-misses",
        "branch-instructions branches", "branch-misses", "bus-cycles", "frontend-stalls", "backend-stalls", "ref-cycles");

    public static Dictionary<string, string> Of(ProbeProvider provider) => provider == ProbeProvider.Software ? Software : Hardware;

    // Each name, and each short name, to the name.
    private static Dictionary<string, string> Table(params ReadOnlySpan<string> lines)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in lines)
        {
            string[] words = line.Split(' ');
            foreach (string word in words)
                names[word] = words[0];
        }
        return names;
    }
}
