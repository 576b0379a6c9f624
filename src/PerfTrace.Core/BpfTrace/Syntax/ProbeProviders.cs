namespace PerfTrace.BpfTrace;

/// <summary>The names of the kinds of probes, and the form in which each is written.</summary>
internal static class ProbeProviders
{
    // Kind, name, short names, form. The names of kernels and libraries, which vary, are in capitals.
    private static readonly (ProbeProvider Provider, string Name, string[] Aliases, string Form)[] All =
    [
        (ProbeProvider.Begin, "begin", [], "begin"),
        (ProbeProvider.End, "end", [], "end"),
        (ProbeProvider.Self, "self", [], "self:signal:SIGUSR1"),
        (ProbeProvider.Test, "test", [], "test:NAME"),
        (ProbeProvider.Bench, "bench", [], "bench:NAME"),
        (ProbeProvider.KProbe, "kprobe", ["k"], "kprobe[:MODULE]:FUNCTION[+OFFSET] or kprobe:ADDRESS"),
        (ProbeProvider.KRetProbe, "kretprobe", ["kr"], "kretprobe[:MODULE]:FUNCTION"),
        (ProbeProvider.UProbe, "uprobe", ["u"], "uprobe:BINARY[:cpp]:FUNCTION[+OFFSET], uprobe:BINARY:OFFSET or uprobe:BINARY@FILE:LINE[:COLUMN]"),
        (ProbeProvider.URetProbe, "uretprobe", ["ur"], "uretprobe:BINARY[:cpp]:FUNCTION"),
        (ProbeProvider.Usdt, "usdt", ["U"], "usdt:BINARY[:NAMESPACE]:PROBE"),
        (ProbeProvider.Tracepoint, "tracepoint", ["t"], "tracepoint:CATEGORY:EVENT"),
        (ProbeProvider.RawTracepoint, "rawtracepoint", ["rt"], "rawtracepoint[:MODULE]:EVENT"),
        (ProbeProvider.Fentry, "fentry", ["f", "kfunc"], "fentry[:MODULE]:FUNCTION or fentry:bpf[:ID]:PROGRAM"),
        (ProbeProvider.Fexit, "fexit", ["fr", "kretfunc"], "fexit[:MODULE]:FUNCTION or fexit:bpf[:ID]:PROGRAM"),
        (ProbeProvider.Profile, "profile", ["p"], "profile:hz:RATE, profile:s:COUNT (s, ms or us) or profile:10ms"),
        (ProbeProvider.Interval, "interval", ["i"], "interval:s:COUNT (s, ms or us), interval:hz:RATE or interval:10ms"),
        (ProbeProvider.Software, "software", ["s"], "software:EVENT[:COUNT]"),
        (ProbeProvider.Hardware, "hardware", ["h"], "hardware:EVENT[:COUNT]"),
        (ProbeProvider.Watchpoint, "watchpoint", ["w"], "watchpoint:ADDRESS:LENGTH:MODE"),
        (ProbeProvider.Iterator, "iter", ["it"], "iter:NAME[:PIN]"),
    ];

    private static readonly Dictionary<string, ProbeProvider> ByName = All.SelectMany(static p => p.Aliases.Append(p.Name), static (p, name) => (name, p.Provider))
        .ToDictionary(static p => p.name, static p => p.Provider, StringComparer.Ordinal);

    /// <summary>The kinds that a pattern stands for before a pattern of kernel things, and before a path.</summary>
    public static readonly ProbeProvider[] OfKernel =
    [
        ProbeProvider.KProbe, ProbeProvider.Tracepoint, ProbeProvider.RawTracepoint, ProbeProvider.Fentry, ProbeProvider.Software, ProbeProvider.Hardware, ProbeProvider.Iterator,
    ];

    public static readonly ProbeProvider[] OfProcesses = [ProbeProvider.UProbe, ProbeProvider.Usdt];

    /// <summary>Those in which a path may stand.</summary>
    public const ProbeProvider WithPaths = ProbeProvider.UProbe | ProbeProvider.URetProbe | ProbeProvider.Usdt | ProbeProvider.Iterator;

    public static IEnumerable<string> Names => ByName.Keys;

    /// <summary>The kind of a name, short name or former name; full names are of either case, as <c>BEGIN</c> once was the only one.</summary>
    public static ProbeProvider Find(string name) =>
        ByName.TryGetValue(name, out ProbeProvider exact) ? exact
        : name.Length > 2 && ByName.TryGetValue(name.ToLowerInvariant(), out ProbeProvider lower) ? lower : ProbeProvider.None;

    public static string NameOf(ProbeProvider provider) => Entry(provider).Name;

    public static string FormOf(ProbeProvider provider) => Entry(provider).Form;

    private static (ProbeProvider Provider, string Name, string[] Aliases, string Form) Entry(ProbeProvider provider) =>
        Array.Find(All, p => p.Provider == provider);
}
