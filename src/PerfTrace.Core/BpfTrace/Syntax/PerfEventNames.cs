namespace PerfTrace.BpfTrace;

/// <summary>The events of <c>software</c> and <c>hardware</c> probes: perf_event_open(2)'s generic ones, by the names that the manual of bpftrace gives them.</summary>
internal static class PerfEventNames
{
    private static readonly Dictionary<string, string> Software = Table("cpu-clock cpu", "task-clock", "page-faults faults", "context-switches cs",
        "cpu-migrations", "minor-faults", "major-faults", "alignment-faults", "emulation-faults", "dummy", "bpf-output");

    private static readonly Dictionary<string, string> Hardware = Table("cpu-cycles cycles", "instructions", "cache-references", "cache-misses",
        "branch-instructions branches", "branch-misses", "bus-cycles", "frontend-stalls", "backend-stalls", "ref-cycles");

    // SW_PROBE_LIST and HW_PROBE_LIST of bpftrace's src/probe_matcher.h have how often each is taken where a script does not say; what is not here: each one, or of hardware each millionth.
    private static readonly Dictionary<string, ulong> Counts = new(StringComparer.Ordinal)
    {
        ["context-switches"] = 1000,
        ["cpu-clock"] = 1_000_000,
        ["minor-faults"] = 100,
        ["page-faults"] = 100,
        ["branch-instructions"] = 100_000,
        ["branch-misses"] = 100_000,
        ["bus-cycles"] = 100_000,
    };

    /// <summary>Of how many events one is taken where a script does not say.</summary>
    /// <param name="provider">Software or hardware.</param>
    /// <param name="name">The event, by its name or its short name.</param>
    public static ulong UsualCount(ProbeProvider provider, string name) =>
        Counts.TryGetValue(Of(provider).GetValueOrDefault(name, name), out ulong count) ? count : provider == ProbeProvider.Hardware ? 1_000_000UL : 1;

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
