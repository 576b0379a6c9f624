namespace PerfTrace.Perf;

/// <summary>
/// The generalised event names. The kernel numbers them (enum perf_hw_id and perf_sw_ids in <c>include/uapi/linux/perf_event.h</c>) but
/// has no list of names to read; the names and aliases are the ones that perf_event_open(2) and perf-list(1) use.
/// </summary>
internal static class EventNames
{
    /// <param name="Name">The canonical name.</param>
    /// <param name="Aliases">Other names that mean the same.</param>
    /// <param name="Config">attr.config.</param>
    /// <param name="Description">One line for people.</param>
    internal sealed record Entry(string Name, string[] Aliases, ulong Config, string Description);

    public static readonly Entry[] Hardware =
    [
        new("cpu-cycles", ["cycles"], 0, "Cycles while the CPU is not halted, at its current frequency"),
        new("instructions", [], 1, "Retired instructions"),
        new("cache-references", [], 2, "Accesses to the last level cache, as the PMU defines it"),
        new("cache-misses", [], 3, "Misses of the last level cache, as the PMU defines it"),
        new("branch-instructions", ["branches"], 4, "Retired branch instructions"),
        new("branch-misses", [], 5, "Mispredicted branch instructions"),
        new("bus-cycles", [], 6, "Bus cycles, which can differ from total cycles"),
        new("stalled-cycles-frontend", ["idle-cycles-frontend"], 7, "Cycles stalled during issue"),
        new("stalled-cycles-backend", ["idle-cycles-backend"], 8, "Cycles stalled during retirement"),
        new("ref-cycles", [], 9, "Cycles at the reference frequency, unaffected by frequency scaling"),
    ];

    public static readonly Entry[] Software =
    [
        new("cpu-clock", [], 0, "Time on the CPU, by a per-CPU timer"),
        new("task-clock", [], 1, "Time on the CPU of the counted task"),
        new("page-faults", ["faults"], 2, "Page faults"),
        new("context-switches", ["cs"], 3, "Context switches"),
        new("cpu-migrations", ["migrations"], 4, "Times the task moved to another CPU"),
        new("minor-faults", [], 5, "Page faults served without input or output"),
        new("major-faults", [], 6, "Page faults that needed input or output"),
        new("alignment-faults", [], 7, "Unaligned accesses that the kernel mended (never on x86-64)"),
        new("emulation-faults", [], 8, "Instructions that the kernel emulated"),
        new("dummy", [], 9, "Counts nothing; carries records of mappings and names"),
        new("bpf-output", [], 10, "Written to by BPF programs"),
        new("cgroup-switches", [], 11, "Context switches to a task of another control group"),
    ];

    public static readonly Entry[] Tool =
    [
        new("duration_time", [], 0, "Wall-clock time of the measurement in nanoseconds"),
        new("user_time", [], 1, "Time the command's processes spent in user space, by wait4(2), in nanoseconds"),
        new("system_time", [], 2, "Time the command's processes spent in the kernel, by wait4(2), in nanoseconds"),
    ];

    private static readonly Dictionary<string, Entry> HardwareByName = Index(Hardware);
    private static readonly Dictionary<string, Entry> SoftwareByName = Index(Software);
    private static readonly Dictionary<string, Entry> ToolByName = Index(Tool);

    public static (PerfEventKind Kind, Entry Entry)? Find(string name)
    {
        if (HardwareByName.TryGetValue(name, out Entry? entry))
            return (PerfEventKind.Hardware, entry);
        if (SoftwareByName.TryGetValue(name, out entry))
            return (PerfEventKind.Software, entry);
        return ToolByName.TryGetValue(name, out entry) ? (PerfEventKind.Tool, entry) : null;
    }

    private static Dictionary<string, Entry> Index(Entry[] entries)
    {
        var index = new Dictionary<string, Entry>(StringComparer.OrdinalIgnoreCase);
        foreach (Entry entry in entries)
        {
            index.Add(entry.Name, entry);
            foreach (string alias in entry.Aliases)
                index.Add(alias, entry);
        }
        return index;
    }
}
